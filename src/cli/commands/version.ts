import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installation } from "../../host/installation.ts";
import type { Run } from "../command.ts";

export const run: Run = async ({ json, terminal: { print } }) => {
  const { version } = JSON.parse(readFileSync(join(installation, "package.json"), "utf8")) as {
    version: string;
  };
  print(json ? JSON.stringify({ version, node: process.versions.node }) : `upkeep ${version}`);
  return 0;
};
