import assert from "node:assert/strict";
import { test } from "node:test";
import { forEyes } from "./for-eyes.ts";

test("those who read what strangers write learn of no secret and of nobody's address", () => {
  const pool = { name: "www", check: "tcp", publish: { server: "192.0.2.1", secret: "tsig" } };
  const files = new Map([
    ["/etc/upkeep/jails/sshd.json", "jail"],
    ["/etc/upkeep/keys/ssh.json", "keys"],
    ["/etc/upkeep/pools/www.json", JSON.stringify(pool)],
    ["/etc/upkeep/revoked-keys/a.json", "revoked"],
    ["/etc/upkeep/notifications/operators.json", "password"],
    ["/etc/upkeep/whatever-comes-next/a.json", "?"],
  ]);
  assert.deepEqual(
    [...forEyes(files)],
    [
      ["/etc/upkeep/jails/sshd.json", "jail"],
      ["/etc/upkeep/keys/ssh.json", "keys"],
      ["/etc/upkeep/pools/www.json", JSON.stringify({ name: "www", check: "tcp" })],
    ],
  );
});
