import type { Command } from "./command.ts";

const run: Command = {
  name: "run",
  usage: "[RUNBOOK] [--plan] [OPTIONS]",
  summary: "Do something long, once, in steps that survive anything and can be taken back.",
  details:
    "Without RUNBOOK, lists them; `upkeep run RUNBOOK --help` tells what one takes. What it has done is written down before it goes on, so\nwhatever ends it, `upkeep runs continue` goes on where it stood.",
  options: { plan: { type: "boolean", says: "Show every step and what it would touch, and do nothing." } },
  examples: [
    ["upkeep run", "what there is to run"],
    ["upkeep run dump-rows --help", "what one of them takes"],
  ],
  arguments: { min: 0, max: 1 },
  async named(name) {
    const { runbookNamed } = await import("../runbooks/index.ts");
    const outline = runbookNamed(name);
    if (!outline) return undefined;
    const { commandFor } = await import("./run-options.ts");
    return commandFor(run, await outline.load(), outline.examples);
  },
  load: () => import("./commands/run.ts"),
};

/** Commands about long operations. */
export const runCommands: readonly Command[] = [
  run,
  {
    name: "runs",
    usage: "[list|show|watch|continue|pause|abort|undo|report] [RUN]",
    summary: "What is being run, or was; have it go on, wait, end or be taken back.",
    examples: [
      ["upkeep runs", "the latest ones"],
      ["upkeep runs show 3", "its steps, and what it waits for"],
      ["upkeep runs continue 3", "after a failure, a pause, or when it has asked you"],
      ["upkeep runs undo 3", "take back what it did"],
      ["upkeep runs report 3", "all of it, as Markdown"],
    ],
    arguments: { min: 0, max: 2 },
    load: () => import("./commands/runs.ts"),
  },
  {
    name: "moving",
    usage: "[MOVE]",
    summary:
      "Do what another host asks of this one while sites move between them. Runs by ssh, with a key for one move.",
    examples: [["upkeep moving < order.json", "what `upkeep run migrate-site` does on the old host at first"]],
    arguments: { min: 0, max: 1 },
    load: () => import("./commands/moving.ts"),
  },
];
