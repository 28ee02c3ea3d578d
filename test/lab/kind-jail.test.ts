import { appendFileSync } from "node:fs";
import type { TestHost } from "../../lab/lab.ts";
import { eventually } from "./estate/estate.ts";
import { behavesLikeKind } from "./kind/behaves-like-kind.ts";

const log = "/var/log/app.log";

let count = 0;

/** Somebody fails so often, now; somebody new each time. */
function fail(host: TestHost, word: string, times: number): string {
  const address = `198.18.${times}.${(++count % 250) + 1}`;
  appendFileSync(host.path(log), `${new Date().toISOString()} ${word} ${address}\n`.repeat(times));
  return address;
}

const isBanned = async (host: TestHost, address: string) =>
  (await host.upkeep("bans", "--json")).stdout.includes(`"${address}"`);

/** Whether so many failures make a ban; more of them, after these in the same log, show that they were read. */
async function isEnough(host: TestHost, times: number, { mark, enough }: { mark: string; enough: number }) {
  const [address, other] = [fail(host, "bad", times), fail(host, mark, enough)];
  await eventually("what stands after it in the log is read", () => isBanned(host, other));
  return isBanned(host, address);
}

const filter = (word: string) => ({ failregex: [`^ ${word} <ADDR>$`] });

behavesLikeKind("a jail", {
  kind: "Jail",
  prepare: async (host) => host.write(log, ""),
  others: { "/etc/nftables.d/own.nft": "# of the host's owner\n" },
  before: [
    { kind: "Jail", name: "mark", spec: { filter: filter("mark"), logs: [log], maxRetry: 1 } },
    { kind: "Notification", name: "zz", spec: { webhook: { url: "http://127.0.0.1:9/" }, events: ["mail limit"] } },
  ],
  name: "app",
  good: { filter: filter("bad"), logs: [log], maxRetry: 3 },
  changed: { filter: filter("bad"), logs: [log], maxRetry: 5 },
  neighbour: { name: "aaa", spec: { filter: filter("worse"), logs: [log], maxRetry: 1 } },
  refused: { spec: { filter: filter("bad"), logs: ["app.log"] }, says: /must be an absolute path/ },
  moves: [/^table inet upkeep_bans$/],
  isThere: (host) =>
    eventually("three failures are enough", async () => {
      const address = fail(host, "bad", 3);
      await host.must("sleep", "1");
      return isBanned(host, address);
    }),
  async isChanged(host) {
    await eventually("three are no longer, and five are", async () => {
      return !(await isEnough(host, 3, { mark: "bad", enough: 5 }));
    });
  },
  isGone: (host) =>
    eventually("six are not enough", async () => !(await isEnough(host, 6, { mark: "mark", enough: 1 }))),
});
