import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Lab } from "../../../lab/lab.ts";
import type { RunRecord } from "../../../src/model/run.ts";
import { eventually } from "../estate/estate.ts";
import { atSteps, migrate, newestRun, nothingIsLost, type Seen, servedFrom, unhurried, visiting } from "./moves.ts";
import type { Names } from "./world.ts";

type Strike = (lab: Lab<Names>, id: number, step: RegExp) => Promise<void>;

/** What may happen to a move. Each rejects if it could not happen. */
export const faults = {
  /** At every step that fits, once; systemd starts it again. */
  "Upkeep is killed": async ({ hosts: { new1 } }, id, step) => {
    const struck = await atSteps(new1, "kill", id, step);
    assert.ok(struck.length > 0);
  },
  /** Longer than the old host stays closed: it opens by itself, and nothing is switched afterwards. */
  "Upkeep stands still": async ({ hosts: { new1, old1, visitor } }, id, step) => {
    await atSteps(new1, "until", id, step);
    const pid = (
      await new1.must("systemctl", "show", "--property=MainPID", "--value", `upkeep-run@${id}.service`)
    ).trim();
    await new1.must("kill", "-STOP", pid);
    const argv = [
      "curl",
      "-s",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      "-H",
      "Host: shop.example.com",
      `http://${old1.address}/`,
    ] as const;
    let answer = "";
    const isOpen = async () => {
      answer = (await visitor.exec(argv)).stdout;
      return answer === "200";
    };
    await eventually("it opens by itself", isOpen, 60_000, () => `(the last answer was ${answer})`);
    await new1.must("kill", "-CONT", pid);
  },
  /** The site is there, and its programs are not. */
  "PHP ends on the new host": async ({ hosts: { new1 } }, id, step) => {
    await atSteps(new1, "until", id, step);
    await new1.must("systemctl", "stop", new1.release.php.unit);
  },
  "the network is cut": async ({ hosts: { new1 } }, id, step) => {
    await atSteps(new1, "until", id, step);
    await new1.must("ip", "link", "set", "host0", "down");
    await pause(15_000);
    await new1.must("ip", "link", "set", "host0", "up");
  },
  "the old host loses power": async (lab, id, step) => {
    await atSteps(lab.hosts.new1, "until", id, step);
    await lab.cut("old1");
    await pause(2_000);
    (lab.hosts as Record<Names, unknown>).old1 = await lab.boot("old1");
  },
  "the new host loses power": async (lab, id, step) => {
    await atSteps(lab.hosts.new1, "until", id, step);
    await lab.cut("new1");
    await pause(2_000);
    (lab.hosts as Record<Names, unknown>).new1 = await lab.boot("new1");
  },
} satisfies Readonly<Record<string, Strike>>;

/** Where a run has come to rest: it has moved, or it is back. */
async function restOf(lab: Lab<Names>, id: number): Promise<RunRecord> {
  let found: RunRecord | undefined;
  await eventually(
    `run ${id} comes to rest`,
    async () => {
      found = await newestRun(lab.hosts.new1);
      const isThere = found?.steps.some(({ name, state }) => name === "until all is well" && state === "started");
      return found?.id === id && (isThere === true || found.state === "undone");
    },
    300_000,
  ).catch(async (error: Error) => {
    const report = (await lab.hosts.new1.upkeep("runs", "report", String(id))).stdout;
    throw new Error(`${error.message}\n${report}`);
  });
  return found!;
}

/** Begins a move, has something happen to it, and looks where it ends; and from there has it go back. */
export async function endsOnOneSide(
  lab: Lab<Names>,
  fault: keyof typeof faults,
  step: RegExp,
  ...options: readonly string[]
): Promise<{ readonly where: "old1" | "new1"; readonly problem: string | undefined }> {
  const id = ((await newestRun(lab.hosts.new1))?.id ?? 0) + 1;
  const only = options.some((option) => option.startsWith("--site=")) ? "shop" : "";
  const enough = visiting(lab.hosts, only, unhurried);
  const begun = migrate(
    lab.hosts,
    "--back=1h",
    ...(options.some((option) => option.startsWith("--watch=")) ? [] : ["--watch=1s"]),
    ...options,
  );
  await eventually("it has begun", async () => (await newestRun(lab.hosts.new1))?.id === id, 60_000);
  await faults[fault](lab, id, step);
  await begun;
  const { state, problem } = await restOf(lab, id);
  const seen = await enough();
  const where = state === "undone" ? "old1" : "new1";
  console.log(
    `${fault} at ${step.source}: ${where}${problem === undefined ? "" : ` (${problem})`}; closed ${JSON.stringify(seen.closed)} ms`,
  );
  await holds(lab, where, seen);
  if (where === "old1") return { where, problem };
  const meanwhile = visiting(lab.hosts, only, unhurried);
  await lab.hosts.new1.upkeep("runs", "undo", String(id));
  assert.equal((await restOf(lab, id)).state, "undone");
  const later = await meanwhile();
  await holds(lab, "old1", {
    written: { shop: [...seen.written.shop, ...later.written.shop], app: [...seen.written.app, ...later.written.app] },
  });
  return { where, problem };
}

async function holds(lab: Lab<Names>, where: "old1" | "new1", seen: Pick<Seen, "written">): Promise<void> {
  await servedFrom(lab.hosts, where);
  await nothingIsLost(lab.hosts[where], seen);
}
