import { describe, test } from "node:test";
import { applyWithVisitors, type Visiting } from "../lab/load/applies.ts";

/*
 * As many requests as the server can answer: some minutes on two cores that have nothing else to do. In the tests of every
 * change are fewer visitors, see `test/lab/load.test.ts`.
 */

const applies = 50;

/**
 * A connection for each request: one that is kept open may be closed while it is idle, reload or not, and every client then
 * asks again (RFC 9112, 9.3.1); wrk does not, and would count it as an error. Slow is not lost: what a busy machine answers
 * after wrk's usual two seconds still counts. Ended by SIGINT, it prints what it has seen.
 */
const wrk: Visiting = (web, site) => {
  const come = web.exec([
    "wrk",
    ...["--threads", "1", "--connections", "8", "--duration", "600", "--timeout", "60"],
    ...["--header", `Host: ${site}`, "--header", "Connection: close", "http://127.0.0.1:80/"],
  ]);
  return async () => {
    await web.must("pkill", "-INT", "wrk");
    const { stdout } = await come;
    return {
      requests: Number(/(\d+) requests in/.exec(stdout)?.[1]),
      faults: stdout.split("\n").filter((line) => /Socket errors|Non-2xx/.test(line)),
    };
  };
};

describe("under as much load as there can be", () => {
  for (const server of ["apache", "nginx"] as const)
    test(`${applies} applies in a row drop no request of ${server}`, (t) => applyWithVisitors(t, server, applies, wrk));
});
