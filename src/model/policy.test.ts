import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Asked } from "./kind.ts";
import { defaultPolicy, forbidden, policySchema } from "./policy.ts";

const asking = (field: keyof Asked, value: string): Asked => ({ [field]: [{ value, path: [field] }] });
const refusals = (policy: object, asked: Asked): string[] =>
  forbidden(policySchema.parse(policy), { kind: "Site", tenant: "acme" }, asked).map(({ message }) => message);

describe("a host's policy", () => {
  const cases: [says: string, policy: object, asked: Asked, refused: RegExp | undefined][] = [
    ["allows its kinds", { kinds: ["Maintenance", "Site"] }, {}, undefined],
    ["refuses other kinds", { kinds: ["Maintenance"] }, {}, /^Site is not allowed on this host \(`kinds` in/],
    ["allows no kind at all", { kinds: [] }, {}, /^Site is not allowed/],
    ["allows its tenants", { tenants: ["acme"] }, {}, undefined],
    ["refuses other tenants", { tenants: ["other"] }, {}, /tenant acme is not allowed on this host \(`tenants` in/],
    ["refuses an account", { accounts: { never: ["bob"] } }, asking("accounts", "bob"), /^the account bob .*never/],
    ["means that account alone", { accounts: { never: ["bob"] } }, asking("accounts", "bobby"), undefined],
    ["allows accounts of a pattern", { accounts: { only: ["site-*"] } }, asking("accounts", "site-a"), undefined],
    ["refuses all others", { accounts: { only: ["site-*"] } }, asking("accounts", "my-site-a"), /accounts\.only/],
    ["takes a dot for a dot", { accounts: { only: ["a.b"] } }, asking("accounts", "axb"), /accounts\.only/],
    ["never means never", { accounts: { only: ["*"], never: ["*-x"] } }, asking("accounts", "a-x"), /accounts\.never/],
    ["allows files below a directory", { files: ["/etc/ssl"] }, asking("files", "/etc/ssl/a/b.pem"), undefined],
    ["however it is written", { files: ["/etc//ssl/"] }, asking("files", "/etc/ssl/a.pem"), undefined],
    ["refuses files beside it", { files: ["/etc/ssl"] }, asking("files", "/etc/ssl-own/a.pem"), /^\/etc\/ssl-own/],
    ["sees through detours", { files: ["/etc/ssl"] }, asking("files", "/etc/ssl/../shadow"), /`files`/],
    [
      "refuses to believe proxies",
      { proxies: false },
      asking("proxies", "192.0.2.1"),
      /^to believe the proxy 192\.0\.2\.1 .*`proxies`/,
    ],
    ["refuses raw lines", { custom: false }, asking("custom", "# x"), /^a raw server line .*`custom`/],
  ];
  for (const [says, policy, asked, refused] of cases)
    test(says, () => {
      const found = refusals(policy, asked);
      if (refused) assert.match(found.join("\n"), refused);
      else assert.deepEqual(found, []);
    });

  test("a host without one allows everything that a schema allows", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom("accounts", "files", "custom"), (kind, value, field) => {
        assert.deepEqual(forbidden(defaultPolicy, { kind }, asking(field as keyof Asked, value)), []);
      }),
    );
  });

  test("whatever a path looks like, what is allowed is below the directory", () => {
    const part = fc.constantFrom("..", ".", "", "etc", "ssl", "a");
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const path = `/${parts.join("/")}`;
        if (refusals({ files: ["/etc/ssl"] }, asking("files", path)).length > 0) return;
        assert.match(new URL(`file://${path.replaceAll(/\/+/g, "/")}`).pathname, /^\/etc\/ssl\//);
      }),
    );
  });

  test("a pattern that is no account's name is refused", () => {
    for (const wrong of ["", "a b", "a/b", "(a+)+"])
      assert.equal(policySchema.safeParse({ accounts: { only: [wrong] } }).success, false, wrong);
  });
});
