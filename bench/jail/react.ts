import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";

/*
 * Run in the bench's host: from the moment that a line has been written until the kernel tells that packets of whom it is
 * about are dropped. Arguments: the log, the second number of the addresses, how many. Prints milliseconds as JSON.
 */

const [log = "", second = "18", times = "200"] = process.argv.slice(2);
const monitor = spawn("nft", ["monitor", "new", "elements"], { stdio: ["ignore", "pipe", "inherit"] });
const arrivals = new Map<string, number>();
let wake = () => {};
createInterface({ input: monitor.stdout }).on("line", (line) => {
  for (const [address] of line.matchAll(/198\.\d+\.\d+\.\d+/g))
    if (!arrivals.has(address)) arrivals.set(address, performance.now());
  wake();
});
await pause(500);

const taken: number[] = [];
for (let index = 0; index < Number(times); index++) {
  const address = `198.${second}.${index >> 8}.${index & 255}`;
  const line = `${new Date().toISOString().replace("Z", "+00:00")} bad ${address}\n`;
  appendFileSync(log, line + line);
  await pause(30 + (index % 7));
  const began = performance.now();
  appendFileSync(log, line);
  const deadline = setTimeout(() => wake(), 20_000);
  while (!arrivals.has(address) && performance.now() - began < 20_000)
    await new Promise<void>((resolve) => (wake = resolve));
  clearTimeout(deadline);
  taken.push((arrivals.get(address) ?? Number.POSITIVE_INFINITY) - began);
}
monitor.kill();
process.stdout.write(JSON.stringify(taken));
