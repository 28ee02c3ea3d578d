import assert from "node:assert/strict";
import { test } from "node:test";
import { warnOfCertificates } from "./certificates.ts";

test("what cannot be known of certificates keeps nothing else from being done", () => {
  const logged: string[] = [];
  const ledger = {
    certificates() {
      throw new Error("database or disk is full");
    },
  };
  assert.equal(
    warnOfCertificates(
      () => ledger,
      0,
      (text) => logged.push(text),
    ),
    false,
  );
  assert.match(logged[0]!, /not known: database or disk is full/);
});

test("nor does a ledger that cannot be opened", () => {
  const open = () => {
    throw new Error("unable to open database file");
  };
  assert.equal(
    warnOfCertificates(open, 0, () => {}),
    false,
  );
});

test("a certificate that is not there is not spoken of: the site says so itself", () => {
  const ledger = { certificates: () => [{ ref: "Site/a.example", path: "/nonexistent/a.pem" }] as const };
  assert.equal(
    warnOfCertificates(
      () => ledger as never,
      0,
      () => {},
    ),
    false,
  );
});
