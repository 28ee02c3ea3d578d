import { cpus, release, totalmem } from "node:os";
import { changedSince, commitNamed } from "../build/repository.ts";
import type { TestHost } from "../lab/lab.ts";
import type { Machine, Run } from "./history.ts";

/** What benches write. A run changes it, so it is no change of the code. */
export const written = /^bench\/(?:RESULTS\.md|results\.json|hosts\.svg|history\/.*)$/;

/** The code that is about to be measured. */
export function codeNow(): Pick<Run, "commit" | "code"> {
  const commit = commitNamed();
  return { commit, code: changedSince(commit).every((file) => written.test(file)) ? "clean" : "changed" };
}

/** This machine, and the release in its lab host. */
export async function machineOf(host: TestHost): Promise<Machine> {
  return {
    cores: cpus().length,
    processor: cpus()[0]!.model.trim(),
    memory: Math.round(totalmem() / 2 ** 30),
    architecture: process.arch,
    kernel: release(),
    release: `Debian ${(await host.must("cat", "/etc/debian_version")).trim()}`,
  };
}
