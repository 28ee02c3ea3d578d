import assert from "node:assert/strict";
import type { TestHost } from "../../lab/lab.ts";
import { nameOfFingerprint } from "../../src/kinds/revoked-key/revoked-key.ts";
import { eventually } from "./estate/estate.ts";
import { behavesLikeKind } from "./kind/behaves-like-kind.ts";
import { letsIn, prepareSsh } from "./kind/ssh-host.ts";
import { makeSshKey } from "./kind/ssh-key.ts";

const keys = { stolen: makeSshKey("stolen@laptop"), work: makeSshKey("work@laptop") };

const name = nameOfFingerprint(keys.stolen.fingerprint);

async function isRevoked(host: TestHost, reason: string): Promise<void> {
  await eventually("the key lets nobody in", async () => !(await letsIn(host, "stolen")));
  await eventually("another key does", () => letsIn(host, "work"));
  assert.ok((await host.must("cat", `/etc/upkeep/revoked-keys/${name}.json`)).includes(reason), "and it is said why");
}

behavesLikeKind("a revoked key", {
  kind: "RevokedKey",
  prepare: (host) => prepareSsh(host, keys),
  others: { "/etc/ssh/sshd_config.d/50-own.conf": "# of the host's owner\nMaxAuthTries 5\n" },
  before: [
    { kind: "Jail", name: "scan" },
    { kind: "Notification", name: "zz", spec: { webhook: { url: "http://127.0.0.1:9/" }, events: ["mail limit"] } },
  ],
  name,
  good: { reason: "a stolen laptop" },
  changed: { reason: "a lost laptop" },
  neighbour: { name: "0".repeat(64), spec: {} },
  refused: { spec: { reason: "two\nlines" }, says: /spec\.reason: must be one line/ },
  // The guard writes the list of revoked keys when it has read what is stated.
  moves: [/^\/var\/lib\/upkeep-keys\//],
  isThere: (host) => isRevoked(host, "a stolen laptop"),
  isChanged: (host) => isRevoked(host, "a lost laptop"),
  async isGone(host) {
    await eventually("it lets alice in again", () => letsIn(host, "stolen"));
    assert.doesNotMatch(await host.must("sshd", "-T"), /upkeep/i);
  },
});
