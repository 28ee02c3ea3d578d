import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { useLinearEngine } from "../jail/regex/linear.ts";
import { keyLine, readAuthorizedKeys } from "./authorized-keys.ts";

const blob = "AAAAC3NzaC1lZDI1NTE5AAAAIIw/tx3c8y7q5gHcBFW5ZDQnFCmRi0sVvHq+Pg2q0vYe";

test("keys are found whatever stands around them", () => {
  const text = [
    "# keys of the team",
    "",
    `ssh-ed25519 ${blob} anna@laptop`,
    `from="203.0.113.0/24,!203.0.113.9",command="echo \\"hi there\\"" ssh-ed25519 ${blob} with options`,
    `  cert-authority\tssh-ed25519 ${blob}`,
    `command="ssh-ed25519 ${blob} not this" ecdsa-sha2-nistp256 AAAA bob`,
    "ssh-ed25519",
    "no key at all",
  ].join("\r\n");
  assert.deepEqual(
    readAuthorizedKeys(text).map(({ line, type, options, comment }) => [line, type, options, comment]),
    [
      [3, "ssh-ed25519", "", "anna@laptop"],
      [4, "ssh-ed25519", 'from="203.0.113.0/24,!203.0.113.9",command="echo \\"hi there\\""', "with options"],
      [5, "ssh-ed25519", "cert-authority", ""],
      [6, "ecdsa-sha2-nistp256", `command="ssh-ed25519 ${blob} not this"`, "bob"],
    ],
  );
});

test("a key's fingerprint is what ssh-keygen prints", () => {
  const [key] = readAuthorizedKeys(`ssh-ed25519 ${blob} x`);
  assert.match(key!.fingerprint, /^SHA256:[A-Za-z0-9+/]{43}$/);
});

test("nothing that somebody writes there keeps the reader busy: its expression runs in linear time", () => {
  useLinearEngine();
  assert.equal(new RegExp(keyLine.source, "l").flags, "l");
  // Of one that goes back and forth V8 says that it cannot.
  const backwards = ["(a+)", "\\1"].join("");
  assert.throws(() => new RegExp(backwards, "l"), /linear/);
});

test("nothing that somebody writes there throws", () =>
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom('"', "\\", " ", "ssh-ed25519", blob, ",", "from="), fc.string()), {
        maxLength: 40,
      }),
      (parts) => {
        readAuthorizedKeys(parts.join("").repeat(20));
      },
    ),
  ));
