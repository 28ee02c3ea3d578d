import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { openUpkeep } from "../../../src/agent/upkeep.ts";
import { localHost } from "../../../src/host/local.ts";
import { type Act, perform } from "./act.ts";

/*
 * Runs inside a lab host: kills an apply before each of its effects in turn, lets the next start put things right, and
 * reports what the host then was. Input: {act, reset}; `reset` brings the host back after it came out wholly after.
 */

interface Point {
  readonly point: number;
  readonly effect: string;
  readonly outcome: "before" | "after" | "between";
  /** Whether Upkeep's own records say the same. */
  readonly knows: boolean;
  readonly neighbour: number;
  readonly difference?: string;
}

const { act, reset } = JSON.parse(process.argv[2]!) as {
  act: Act;
  reset: readonly (Act | { readonly run: readonly string[] })[];
};

/** Everything of the host that an apply may touch, as text. Logs and times are not part of it. */
function snapshot(): string {
  const places = ["/etc/apache2", "/etc/php", "/etc/systemd/system", "/etc/logrotate.d", "/home", "/run/php"];
  const run = (...argv: [string, ...string[]]) =>
    spawnSync(argv[0], argv.slice(1), { encoding: "utf8", maxBuffer: 1 << 26 }).stdout;
  const entries = run(
    "find",
    ...places,
    "-not",
    "-path",
    "*/log/*",
    "-not",
    "-name",
    "*.pid",
    "-printf",
    "%p %y %m %u %g %l\n",
  );
  const files = entries
    .split("\n")
    .filter((line) => / f \d+ /.test(line) && !line.startsWith("/run/"))
    .map((line) => line.split(" ")[0]!);
  const sums = run("sha256sum", "--", ...files);
  const accounts = `${run("cut", "-d:", "-f1,6,7", "/etc/passwd")}${run("cut", "-d:", "-f1,4", "/etc/group")}`;
  return [...entries.split("\n"), ...sums.split("\n"), ...accounts.split("\n")].filter(Boolean).sort().join("\n");
}

function difference(one: string, other: string): string {
  const [a, b] = [new Set(one.split("\n")), new Set(other.split("\n"))];
  return [
    ...[...a].filter((line) => !b.has(line)).map((line) => `- ${line}`),
    ...[...b].filter((line) => !a.has(line)).map((line) => `+ ${line}`),
  ].join("\n");
}

const child = (number: number) =>
  spawnSync(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      join(import.meta.dirname, "child.ts"),
      String(number),
      JSON.stringify(act),
    ],
    { encoding: "utf8", cwd: "/" },
  );

async function lastState(): Promise<{ number: number; state: string }> {
  const upkeep = await openUpkeep(localHost, { make: true });
  try {
    return upkeep.ledger.generations(1)[0] ?? { number: 0, state: "none" };
  } finally {
    await upkeep.close();
  }
}

async function neighbour(): Promise<number> {
  const asker = localHost.openAsker();
  const answer = await asker.ask({
    says: "",
    scheme: "http",
    port: 80,
    hostName: "neighbour.example.com",
    path: "/",
    expect: {},
  });
  asker.close();
  return answer.got === "response" ? answer.status : 0;
}

const resetAll = async () => {
  for (const each of reset) {
    if ("run" in each) spawnSync(each.run[0]!, each.run.slice(1));
    else await perform(each);
  }
};

// Once through undisturbed, for the two states between which there must be nothing. Twice, so that what stays is there.
await perform(act);
await resetAll();
const before = snapshot();
const whole = child(0);
if (whole.status !== 0) throw new Error(whole.stderr);
const { names, takenBack } = JSON.parse(whole.stdout) as { names: string[]; takenBack: string | null };
if (takenBack !== null) throw new Error(takenBack);
const after = snapshot();
await resetAll();
if (snapshot() !== before) throw new Error(`reset does not lead back:\n${difference(before, snapshot())}`);

const points: Point[] = [];
for (let point = 1; point <= names.length; point++) {
  const generation = await lastState();
  const { signal, stderr } = child(point);
  if (signal !== "SIGKILL") throw new Error(`point ${point} was not reached: ${stderr}`);
  await perform({ nothing: true });
  const now = snapshot();
  const outcome = now === before ? "before" : now === after ? "after" : "between";
  const last = await lastState();
  const knows =
    outcome === "after"
      ? last.state === "live" && last.number > generation.number
      : last.number === generation.number || last.state === "undone";
  points.push({
    point,
    effect: names[point - 1]!,
    outcome,
    knows,
    neighbour: await neighbour(),
    ...(outcome === "between" && { difference: difference(before, now) }),
  });
  if (outcome === "between") break;
  if (outcome === "after") await resetAll();
}
process.stdout.write(JSON.stringify(points));
