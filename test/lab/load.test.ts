import { describe, test } from "node:test";
import { applyWithVisitors, type Seen, type Visiting } from "./load/applies.ts";

const applies = 50;

/** Some hundred questions a second. As many as the server can answer: `npm run chaos`. */
const visitors: Visiting = (web, site) => {
  const come = web.exec(["/opt/upkeep/node_modules/.bin/node", "/opt/upkeep/test/lab/load/visitors.ts", site]);
  return async () => {
    await web.must("pkill", "-INT", "--full", "load/visitors.ts");
    const { stdout, stderr } = await come;
    return JSON.parse(stdout || JSON.stringify({ requests: 0, faults: [stderr] })) as Seen;
  };
};

describe("with visitors", () => {
  for (const server of ["apache", "nginx"] as const)
    test(`${applies} applies in a row drop no request of ${server}`, (t) =>
      applyWithVisitors(t, server, applies, visitors));
});
