// Reads the journal where it is written.
//   node steps.mjs until RUN STEP        waits until a step is under way whose name fits
//   node steps.mjs kill RUN STEP LAST    kills whoever carries the run out, once in each step that fits, until LAST is under way
import { execFileSync } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";

const [what, run, pattern, last] = process.argv.slice(2);
const database = new DatabaseSync("/var/lib/upkeep/runs/runs.db", { readOnly: true });
const find = database.prepare(
  "SELECT name FROM run_steps WHERE run = ? AND state IN ('started', 'undoing') ORDER BY started_at DESC LIMIT 1",
);
const underWay = () => find.get(Number(run))?.name;
const fits = new RegExp(pattern);
const struck = new Set();

for (;;) {
  const step = underWay();
  if (what === "kill" && step !== undefined && new RegExp(last).test(step)) break;
  if (step !== undefined && fits.test(step) && !struck.has(step)) {
    struck.add(step);
    if (what === "until") break;
    const unit = `upkeep-run@${run}.service`;
    const pid = Number(execFileSync("systemctl", ["show", "--property=MainPID", "--value", unit], { encoding: "utf8" }));
    if (pid > 0) process.kill(pid, "SIGKILL");
  }
  await pause(3);
}
console.log(JSON.stringify([...struck]));
