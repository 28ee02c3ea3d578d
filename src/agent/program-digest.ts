import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { installation } from "../host/installation.ts";

/**
 * Changes whenever the code that renders does, so that an upgrade shows in the next plan. build/program.ts puts the
 * answer in the place of this file.
 */
export const programDigest = (): string => {
  digest ??= compute();
  return digest;
};

let digest: string | undefined;

function compute(): string {
  const hash = createHash("sha256");
  const add = (directory: string) => {
    for (const entry of readdirSync(directory, { withFileTypes: true }).sort((one, other) =>
      one.name < other.name ? -1 : 1,
    )) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) add(path);
      else if (entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts")) hash.update(readFileSync(path));
    }
  };
  for (const room of ["model", "kinds", "daemons"]) add(join(installation, "src", room));
  return hash.digest("hex");
}
