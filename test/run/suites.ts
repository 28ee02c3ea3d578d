import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

export const repository: string = join(import.meta.dirname, "../..");

/** A file of tests that boots hosts of the lab. */
export interface Suite {
  /** `cluster`, of test/lab/cluster.test.ts. */
  readonly name: string;
  /** From the repository's root. */
  readonly file: string;
  /** Nothing else may run beside it: it kills things at every instruction. */
  readonly isAlone: boolean;
}

const alone: readonly string[] = ["crash"];

const directory = join(repository, "test/lab");

/** Every suite of the lab, by name. */
export const suites: readonly Suite[] = readdirSync(directory)
  .filter((name) => name.endsWith(".test.ts"))
  .sort()
  .map((file) => {
    const name = file.replace(/\.test\.ts$/, "");
    return { name, file: relative(repository, join(directory, file)), isAlone: alone.includes(name) };
  });

/** Tests of parts, which need no host. */
export const unitTests: readonly string[] = [
  "src/**/*.test.ts",
  "lab/*.test.ts",
  "build/*.test.ts",
  "bench/*.test.ts",
  "test/*.test.ts",
  "test/api/*.test.ts",
  "test/run/*.test.ts",
];
