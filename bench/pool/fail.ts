import { execFileSync } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { setTimeout as pause } from "node:timers/promises";

/*
 * Runs inside a host: has addresses fail, and prints how long after three checks a second apart the name server gives out the
 * others alone. Milliseconds, as JSON.
 */

const addresses = ["127.2.0.1", "127.2.0.2", "127.2.0.3", "127.2.0.4"];
const [fall, every] = [3, 1_000];
const resolver = new Resolver({ timeout: 500, tries: 1 });
resolver.setServers(["127.0.0.1"]);
const nft = (text: string) => execFileSync("nft", [text]);
const given = async () => (await resolver.resolve4("fail.example.com")).sort().join();

nft(
  "table inet failing { set dead { type ipv4_addr; }; chain in { type filter hook input priority 0; ip daddr @dead tcp dport 8080 reject with tcp reset; }; }",
);
const taken: number[] = [];
for (let round = 0; round < Number(process.argv[2]); round++) {
  const address = addresses[round % addresses.length]!;
  const others = addresses
    .filter((each) => each !== address)
    .sort()
    .join();
  await pause(Math.random() * every);
  const began = performance.now();
  nft(`add element inet failing dead { ${address} }`);
  while ((await given()) !== others) await pause(1);
  taken.push(performance.now() - began - fall * every);
  nft(`delete element inet failing dead { ${address} }`);
  while ((await given()) !== [...addresses].sort().join()) await pause(10);
}
nft("delete table inet failing");
process.stdout.write(JSON.stringify(taken));
