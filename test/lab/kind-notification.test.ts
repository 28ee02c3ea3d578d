import assert from "node:assert/strict";
import type { TestHost } from "../../lab/lab.ts";
import { eventually } from "./estate/estate.ts";
import { behavesLikeKind } from "./kind/behaves-like-kind.ts";

const signature = `whsec_${Buffer.from("a secret of the receiver's and ours").toString("base64")}`;
const received = "/srv/received.jsonl";

/** Starts what takes webhooks and holds their signatures against the secret; a booted host has none. */
async function receive(host: TestHost): Promise<void> {
  if ((await host.exec(["systemctl", "is-active", "--quiet", "run-receiver"])).code === 0) return;
  host.write("/srv/secret", signature, 0o600);
  const receiver =
    'exec /opt/upkeep/node_modules/.bin/node /opt/upkeep/test/lab/notifications/receiver.ts "$(cat /srv/secret)" "$0"';
  await host.must("systemd-run", "--quiet", "--unit=run-receiver", "sh", "-c", receiver, received);
  const open = ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8099"] as const;
  await eventually("it listens", async () => (await host.exec(open)).code === 0);
}

async function tells(host: TestHost, every: string): Promise<void> {
  await receive(host);
  await host.must("rm", "--force", received);
  const { code, stdout, stderr } = await host.upkeep("notify", "test", "operators");
  assert.equal(code, 0, stdout + stderr);
  await eventually("the webhook is there", async () => (await host.exec(["test", "-s", received])).code === 0);
  assert.match(await host.must("cat", received), /"isRight":true/);
  assert.ok((await host.must("cat", "/etc/upkeep/notifications/operators.json")).includes(`"every": ${every}`));
}

const told = (every: string) => ({
  webhook: { url: "http://127.0.0.1:8099/", secret: signature },
  every,
  events: ["revoked"],
});

behavesLikeKind("a notification", {
  kind: "Notification",
  prepare: receive,
  others: {},
  before: [{ kind: "Jail", name: "scan" }],
  name: "operators",
  good: told("10s"),
  changed: told("20s"),
  neighbour: { name: "aaa", spec: { webhook: { url: "http://127.0.0.1:9/" }, events: ["mail limit"] } },
  refused: { spec: { mail: ["nobody"] }, says: /must be a mail address/ },
  secret: { plain: signature, mayStandIn: [/^\/etc\/upkeep\/notifications\/operators\.json$/] },
  isThere: (host) => tells(host, "10000"),
  isChanged: (host) => tells(host, "20000"),
  async isGone(host) {
    assert.notEqual((await host.upkeep("notify", "test", "operators")).code, 0);
  },
  moves: [/^\/srv\//],
});
