import type { Host } from "./host.ts";

/** Gives nft(8) a batch: all of it is so afterwards, or nothing. Throws with nft's own words. */
export async function nft(host: Host, batch: string): Promise<void> {
  if (batch === "") return;
  const { code, stderr } = await host.processes.run(["nft", "--file", "-"], { input: batch });
  if (code !== 0) throw new Error(`nft refuses that: ${stderr.trim().split("\n").slice(0, 3).join(" ")}`);
}
