import type { Host } from "./host.ts";
import { hasSystemd } from "./services.ts";

const unit = "upkeep-maintenance-alarm";

/**
 * Has a command run at a time (milliseconds since 1970), or never again. There is one alarm; setting it anew replaces it.
 * It does not outlive a reboot. Where there is no systemd, a process waits.
 */
export async function setAlarm(
  host: Host,
  at: number | undefined,
  argv: readonly [string, ...string[]],
): Promise<void> {
  if (!hasSystemd(host)) return waitInProcess(host, at, argv);
  const timer = `${unit}.timer`;
  const { stdout } = await host.processes.run(["systemctl", "show", "--property=Description", "--value", timer]);
  const description = at === undefined ? "" : `Upkeep: maintenance at ${new Date(at).toISOString()}`;
  if (stdout.trim() === description) return;
  await host.processes.run(["systemctl", "stop", timer]);
  if (at === undefined) return;
  const { code, stderr } = await host.processes.run([
    "systemd-run",
    "--quiet",
    `--unit=${unit}`,
    `--description=${description}`,
    `--on-calendar=${calendar(at)}`,
    "--timer-property=AccuracySec=1ms",
    ...argv,
  ]);
  if (code !== 0) throw new Error(`systemd-run does not set the alarm: ${stderr.trim()}`);
}

/** systemd.time(7): a date and time in UTC. */
const calendar = (at: number): string => `${new Date(at).toISOString().replace("T", " ").replace("Z", "")} UTC`;

/** Ten seconds are as long as anyone has to wait after the clock has been put on. */
async function waitInProcess(host: Host, at: number | undefined, argv: readonly [string, ...string[]]): Promise<void> {
  const daemon = ["start-stop-daemon", `--pidfile=/run/${unit}.pid`] as const;
  await host.processes.run([...daemon, "--stop", "--oknodo", "--remove-pidfile"]);
  if (at === undefined) return;
  const [program, ...args] = argv;
  const { code, stderr } = await host.processes.run([
    ...daemon,
    "--start",
    "--background",
    "--make-pidfile",
    `--startas=${program}`,
    "--",
    ...args,
    `--at=${new Date(at).toISOString()}`,
  ]);
  if (code !== 0) throw new Error(`start-stop-daemon does not set the alarm: ${stderr.trim()}`);
}
