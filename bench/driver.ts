import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { apply } from "../src/agent/apply.ts";
import { intend } from "../src/agent/changes.ts";
import { openUpkeep } from "../src/agent/upkeep.ts";
import { localHost } from "../src/host/local.ts";
import { declare } from "../src/kinds/declare.ts";

/*
 * Runs inside a lab host: applies a directory, or one site again and again in one process, and reports in milliseconds
 * how long it took in all and how much of that were the daemon's check and reload. Arguments: directory | file, times.
 */

const [, , path, times = "1"] = process.argv;

interface Timing {
  readonly total: number;
  readonly daemon: number;
  readonly steps: Readonly<Record<string, number>>;
}

function sources(round: number) {
  if (path!.endsWith(".yaml"))
    return [{ file: path!, text: readFileSync(path!, "utf8").replaceAll("ROUND", String(round)) }];
  return readdirSync(path!).map((name) => ({ file: join(path!, name), text: readFileSync(join(path!, name), "utf8") }));
}

const upkeep = await openUpkeep(localHost, { make: true });
const timings: Timing[] = [];
for (let round = 0; round < Number(times); round++) {
  const marks: [string, number][] = [["start", performance.now()]];
  const { declared, problems } = declare(sources(round), upkeep.look().settings);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const wanted = declared.map((each) => ({ declared: each, from: path! }));
  const { outcome } = await apply(upkeep, "bench", () => intend(upkeep, wanted, []), {
    report: ({ step }) => marks.at(-1)![0] !== step && marks.push([step, performance.now()]),
    planned: () => marks.push(["planned", performance.now()]),
    waiting() {},
    recovered() {},
  });
  if (outcome.takenBack !== undefined || outcome.quarantined.size > 0)
    throw new Error(outcome.takenBack ?? "quarantined");
  marks.push(["end", performance.now()]);
  const steps: Record<string, number> = {};
  for (const [index, [name, at]] of marks.slice(0, -1).entries())
    steps[name] = (steps[name] ?? 0) + marks[index + 1]![1] - at;
  const total = marks.at(-1)![1] - marks[0]![1];
  timings.push({ total, daemon: (steps.check ?? 0) + (steps.reload ?? 0), steps });
}
await upkeep.close();
process.stdout.write(JSON.stringify({ timings, megabytes: process.resourceUsage().maxRSS / 1024 }));
