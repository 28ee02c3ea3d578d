import { spawn } from "node:child_process";
import { join } from "node:path";
import { repository, unitTests } from "./suites.ts";

/** Something that has to be done, or to be right, before hosts are tested. */
export interface Stage {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
}

const node = process.execPath;
const tool = (name: string) => join(repository, "node_modules/.bin", name);
const script = (file: string, ...args: string[]): Stage["argv"] => [node, join(repository, file), ...args];

/** The code is as it should be, as far as programs can tell. */
export const checks: readonly Stage[] = [
  { name: "style", argv: [tool("biome"), "check", "."] },
  { name: "types", argv: [tool("tsc")] },
  { name: "types of the web interface", argv: script("build/web.ts", "--check") },
  { name: "references", argv: script("docs/generate.ts", "--check") },
];

export const unit: Stage = {
  name: "unit tests",
  argv: [node, "--test", "--test-reporter=spec", "--test-concurrency=2", ...unitTests],
  // Parts are tested at the pace that they have elsewhere.
  environment: { UPKEEP_LAB_PACE: "1" },
};

/** What hosts are made of, by release, and what they run. */
export const preparations = (codenames: readonly string[]): readonly Stage[] => [
  { name: "hosts", argv: script("lab/prepare.ts", ...codenames) },
];

export const builds: readonly Stage[] = [
  { name: "program", argv: script("build/program.ts") },
  { name: "web interface", argv: script("build/web.ts") },
];

/** Runs a stage, with its output as it comes. Returns whether it succeeded. */
export async function runStage({ name, argv, environment }: Stage): Promise<boolean> {
  const begun = performance.now();
  const child = spawn(argv[0], argv.slice(1), {
    cwd: repository,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...environment },
  });
  const code = await new Promise<number | null>((resolve) => {
    child.on("exit", resolve);
    child.on("error", () => resolve(null));
  });
  const took = `${Math.round((performance.now() - begun) / 1000)} s`;
  console.log(code === 0 ? `✔ ${name} (${took})` : `✖ ${name} (${took}): ended with ${code}`);
  return code === 0;
}

/** One after the other, up to the first that fails. Returns which that is. */
export async function runStages(stages: readonly Stage[]): Promise<Stage | undefined> {
  for (const stage of stages) if (!(await runStage(stage))) return stage;
  return undefined;
}
