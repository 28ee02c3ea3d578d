import type { Host } from "./host.ts";

/**
 * Runs a program to its end as somebody without any rights, with no way to another, see setpriv(1). Rejects with its last
 * words. `timeout`: milliseconds.
 */
export async function runApart(
  { processes }: Pick<Host, "processes">,
  argv: readonly string[],
  { user, input, timeout }: { readonly user: string; readonly input: string; readonly timeout: number },
): Promise<void> {
  const bounds = [
    `--reuid=${user}`,
    `--regid=${user}`,
    "--clear-groups",
    "--inh-caps=-all",
    "--bounding-set=-all",
    "--no-new-privs",
    "--pdeathsig=KILL",
  ];
  const { code, stderr } = await processes.run(["setpriv", ...bounds, "--", ...argv], { input, timeout });
  if (code === 124) throw new Error(`it was not done within ${timeout / 1000} s`);
  if (code !== 0) throw new Error(stderr.trim().split("\n").at(-1)?.slice(0, 300) || `it ended with ${code}`);
}
