import type { Host } from "./host.ts";
import { hasSystemd } from "./services.ts";

type Argv = readonly [string, ...string[]];

/** Of each alarm its own: the one that has just gone off sets the next. */
const nameOf = (at: number): string => `upkeep-maintenance-${at}`;

/**
 * Has a command run at a time (milliseconds since 1970), or never again, in place of the alarm that was set for `former`.
 * It does not outlive a reboot. Where there is no systemd, a process waits.
 */
export async function setAlarm(
  host: Host,
  former: number | undefined,
  at: number | undefined,
  argv: Argv,
): Promise<void> {
  const isPending = former !== undefined && former > host.clock.now();
  const [cancel, set] = hasSystemd(host) ? [stopTimer, startTimer] : [stopWaiting, startWaiting];
  if (isPending) await host.processes.run(cancel(former));
  if (at === undefined) return;
  const { code, stderr } = await host.processes.run(set(at, argv));
  if (code !== 0) throw new Error(`the alarm for ${new Date(at).toISOString()} cannot be set: ${stderr.trim()}`);
}

const stopTimer = (at: number): Argv => ["systemctl", "stop", `${nameOf(at)}.timer`];

/** systemd.time(7): a date and time in UTC. */
const startTimer = (at: number, argv: Argv): Argv => [
  "systemd-run",
  "--quiet",
  `--unit=${nameOf(at)}`,
  "--description=Upkeep: sites in maintenance",
  `--on-calendar=${new Date(at).toISOString().replace("T", " ").replace("Z", "")} UTC`,
  "--timer-property=AccuracySec=1ms",
  ...argv,
];

const waiting = (at: number) => ["start-stop-daemon", `--pidfile=/run/${nameOf(at)}.pid`] as const;

const stopWaiting = (at: number): Argv => [...waiting(at), "--stop", "--oknodo", "--remove-pidfile"];

const startWaiting = (at: number, [program, ...args]: Argv): Argv => [
  ...waiting(at),
  "--start",
  "--background",
  "--make-pidfile",
  `--startas=${program}`,
  "--",
  ...args,
  `--at=${new Date(at).toISOString()}`,
];
