import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Makes texts of the journals below a directory: `1-web1.log`, one a host. A journal that cannot be read stays as it is. */
export function writeOut(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).map((host) => {
    const [journal, text] = [join(directory, host), join(directory, `${host}.log`)];
    const argv = ["--directory", journal, "--merge", "--no-pager", "--output=short-precise"];
    const output = openSync(text, "w");
    const { status } = spawnSync("journalctl", argv, { stdio: ["ignore", output, "ignore"] });
    closeSync(output);
    if (status !== 0) return journal;
    rmSync(journal, { recursive: true });
    return text;
  });
}
