import { UserError } from "../model/problem.ts";
import type { Host } from "./host.ts";
import { replaceFile } from "./replace-file.ts";
import { hasSystemd } from "./services.ts";

/**
 * Writes units of Upkeep's own and has systemd run them, now and at boot. One that runs already is started anew. Returns
 * whether there is a systemd.
 */
export async function keepService(
  host: Host,
  units: Readonly<Record<string, string>>,
  start: readonly string[],
): Promise<boolean> {
  if (!hasSystemd(host)) return false;
  for (const [name, text] of Object.entries(units)) {
    replaceFile(host.files, `/etc/systemd/system/${name}`, text, { uid: 0, gid: 0, mode: 0o644 });
  }
  await must(host, "systemctl", "daemon-reload");
  await must(host, "systemctl", "--quiet", "enable", ...start);
  await must(host, "systemctl", "restart", ...start);
  return true;
}

/** A program that has to succeed. */
export async function must(host: Host, ...argv: readonly [string, ...string[]]): Promise<string> {
  const { code, stdout, stderr } = await host.processes.run(argv);
  if (code !== 0)
    throw new UserError(`${argv.join(" ")} failed: ${stderr.trim() || stdout.trim() || `it ended with ${code}`}`);
  return stdout;
}
