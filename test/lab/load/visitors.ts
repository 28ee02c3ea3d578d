import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/*
 * Runs inside a lab host: visitors who ask for the first page of a site, each on a connection of its own (one that is kept
 * open may be closed while it is idle, reload or not: RFC 9112, 9.3.1), some hundred times a second all together. What is
 * no whole answer with 200 is a fault. Arguments: name of the site, how many visitors, milliseconds between two questions of
 * one. Ended by SIGINT, it prints what it has seen.
 */

const [, , host = "", visitors = "8", pause = "10"] = process.argv;

const seen = { requests: 0, faults: [] as string[] };
let isEnough = false;
process.once("SIGINT", () => {
  isEnough = true;
});

await Promise.all(
  Array.from({ length: Number(visitors) }, async () => {
    for (; !isEnough; await sleep(Number(pause))) await visit();
  }),
);
process.stdout.write(JSON.stringify(seen));

function visit(): Promise<void> {
  return new Promise((resolve) => {
    const end = (fault?: string) => {
      if (fault === undefined) seen.requests++;
      else if (seen.faults.length < 20) seen.faults.push(fault);
      resolve();
    };
    // Slow is not lost: what a busy machine answers late still counts.
    const options = { host: "127.0.0.1", headers: { host, connection: "close" }, timeout: 60_000 };
    const question = request(options, (response) => {
      response.on("error", ({ message }) => end(message));
      response.on("end", () => end(response.statusCode === 200 ? undefined : `${response.statusCode}`));
      response.resume();
    });
    question.on("timeout", () => question.destroy(new Error("no answer for a minute")));
    question.on("error", ({ message }) => end(message));
    question.end();
  });
}
