import { version } from "../../model/version.ts";
import type { Run } from "../command.ts";

export const run: Run = async ({ json, terminal: { print } }) => {
  print(json ? JSON.stringify({ version, node: process.versions.node }) : `upkeep ${version}`);
  return 0;
};
