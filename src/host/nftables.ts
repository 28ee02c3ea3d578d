import { basename } from "node:path";
import type { Host } from "./host.ts";

/** Makes the kernel's packet filter have the one table that a file defines and is named after; if the file is gone, the table goes, see nft(8). */
export async function loadRuleset(host: Host, path: string): Promise<void> {
  if (host.files.stat(path)) {
    const { code, stderr } = await host.processes.run(["nft", "--file", path]);
    if (code !== 0) throw new Error(`nft refuses ${path}: ${stderr.trim()}`);
    return;
  }
  // One that is not there cannot be deleted; making it first is no error in either case.
  const table = `table inet ${basename(path, ".nft")}`;
  await nft(host, `${table}\ndelete ${table}\n`);
}

/** Gives nft(8) a batch, in pieces if it is long: all of it is so afterwards, or nothing. Throws with nft's own words. */
export async function nft(host: Host, batch: string | Iterable<string>): Promise<void> {
  if (batch === "") return;
  const { code, stderr } = await host.processes.run(["nft", "--file", "-"], { input: batch });
  if (code !== 0) throw new Error(`nft refuses that: ${stderr.trim().split("\n").slice(0, 3).join(" ")}`);
}
