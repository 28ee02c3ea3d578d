import assert from "node:assert/strict";
import type { TestHost } from "../../lab/lab.ts";
import { eventually } from "./estate/estate.ts";
import { behavesLikeKind } from "./kind/behaves-like-kind.ts";
import { letsIn, prepareSsh } from "./kind/ssh-host.ts";
import { makeSshKey } from "./kind/ssh-key.ts";

const work = makeSshKey("work@laptop");
const stolen = makeSshKey("stolen@laptop");
/** Right, and from an address from which it may not come. */
const elsewhere = { ...stolen, line: `from="203.0.113.0/24" ${stolen.line}` };

/** A right key lets in; a stolen one does not, and the event of it says whose it is. */
async function tellsOf(host: TestHost, owner: string): Promise<void> {
  const says = `key forbidden  ${stolen.fingerprint} (${owner}) of alice, from 127.0.0.1`;
  const events = async () => (await host.upkeep("events")).stdout;
  const before = (await events()).split(says).length;
  await eventually("a right key lets alice in", () => letsIn(host, "work"));
  assert.equal(await letsIn(host, "elsewhere"), false);
  await eventually(says, async () => (await events()).split(says).length > before);
  const { stdout } = await host.upkeep("keys", "seen");
  assert.ok(stdout.includes(work.fingerprint), stdout);
}

behavesLikeKind("a key watch", {
  kind: "KeyWatch",
  prepare: (host) => prepareSsh(host, { work, elsewhere }),
  others: { "/etc/ssh/sshd_config.d/50-own.conf": "# of the host's owner\nMaxAuthTries 5\n" },
  before: [
    { kind: "Jail", name: "scan" },
    { kind: "Notification", name: "zz", spec: { webhook: { url: "http://127.0.0.1:9/" }, events: ["mail limit"] } },
  ],
  name: "ssh",
  good: {},
  changed: { owners: { [stolen.fingerprint]: "Anna" } },
  neighbour: { name: "aaa", spec: {} },
  refused: { spec: { forbidden: "shoot" }, says: /spec\.forbidden/ },
  // The guard writes the list of revoked keys when it has read what is stated.
  moves: [/^\/var\/lib\/upkeep-keys\//],
  isThere: (host) => tellsOf(host, "stolen@laptop"),
  isChanged: (host) => tellsOf(host, "Anna"),
  async isGone(host) {
    await eventually("keys let people in as before", () => letsIn(host, "work"));
    assert.doesNotMatch(await host.must("sshd", "-T"), /loglevel VERBOSE|upkeep/i);
  },
});
