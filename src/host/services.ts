import type { Argv, CommandReload, Daemon, StepsReload } from "../model/daemon.ts";
import type { ServiceItem } from "../model/item.ts";
import { type Host, until } from "./host.ts";
import { catches, childrenOf, processState } from "./processes.ts";

/** What a daemon is granted. */
export interface Allowance {
  /** How many files it may hold open. */
  readonly openFiles: number;
  /** How long a reload may take before it counts as failed. */
  readonly seconds: number;
  /** Whether it is to run: one that is not Upkeep's reads its configuration when its owner starts it. */
  readonly mayStart: boolean;
}

/** The number of a daemon's master process, if it is alive. */
export function masterOf(host: Host, { pidFile }: Pick<Daemon, "pidFile">): number | undefined {
  const pid = Number((pidFile && host.files.read(pidFile)?.trim()) || 0);
  return pid > 1 && processState(pid) ? pid : undefined;
}

/** Starts a daemon and waits for its master. */
export async function startDaemon(host: Host, daemon: Daemon, openFiles: number): Promise<void> {
  const command = daemon.start;
  if (masterOf(host, daemon) || !command) return;
  const environment = daemon.environment(openFiles);
  const start = () =>
    hasSystemd(host)
      ? host.processes.run(["systemctl", "start", `${daemon.name}.service`])
      : host.processes.run(withOpenFiles(daemon, command, openFiles), { environment });
  let { code, stdout, stderr } = await start();
  let master = await until(host.clock, code === 0 ? 2_000 : 0, () => masterOf(host, daemon));
  if (!master && code === 0 && hasSystemd(host)) {
    // What was killed may leave workers behind, for which systemd takes the service to be up.
    ({ code, stdout, stderr } = await host.processes.run(["systemctl", "restart", `${daemon.name}.service`]));
    master = await until(host.clock, code === 0 ? 10_000 : 0, () => masterOf(host, daemon));
  }
  if (master) return;
  throw new Error(
    `${daemon.name} does not start: ${[stderr.trim(), stdout.trim(), lastWords(host, daemon)].filter(Boolean).join("\n")}`,
  );
}

/** A command that may open as many files as its daemon will, where that is more than usual. */
export const withOpenFiles = (daemon: Daemon, argv: Argv, openFiles: number): Argv =>
  openFiles > daemon.openFiles(new Map()) ? ["prlimit", `--nofile=${openFiles}:${openFiles}`, "--", ...argv] : argv;

/** Milliseconds within which a master that has gone must have a successor, and one that is there must listen to us. */
const patience = 3_000;

/** Makes a running daemon read its configuration again and waits until it has. */
export async function reloadDaemon(host: Host, daemon: Daemon, allowance: Allowance): Promise<void> {
  const { openFiles, seconds, mayStart } = allowance;
  const wait = seconds * 1000;
  const { reload } = daemon;
  if ("command" in reload) return reloadByCommand(host, daemon.name, reload, wait);
  if ("steps" in reload) return reloadInSteps(host, daemon.name, reload, wait);
  const master = masterOf(host, daemon);
  if (!master) return mayStart ? startDaemon(host, daemon, openFiles) : undefined;
  const pidFile = daemon.pidFile ?? "";
  const pidFileBefore = host.files.stat(pidFile)?.signature;
  const logBefore = host.files.stat(daemon.errorLog)?.size ?? 0;
  const wordsBefore = host.files.stat(daemon.errorLog)?.signature;
  // It may still be busy with the reload before this one.
  const listens = await until(host.clock, patience, () => !processState(master) || catches(master, reload.signal));
  if (!processState(master)) throw new Error(`${daemon.name} died before it could reload`);
  if (!listens)
    throw new Error(`${daemon.name} (process ${master}) does not listen to ${reload.signal}; it would die of it`);
  const before = new Set(childrenOf(master));
  host.processes.signal(master, reload.signal);
  let goneSince: number | undefined;
  const outcome = await until(host.clock, wait, () => {
    if (reload.doneWhen === "log") {
      if (!processState(master)) return "died";
      return reload.says?.test(host.files.readFrom(daemon.errorLog, logBefore) ?? "") && "done";
    }
    if (reload.doneWhen === "pidFile") {
      const written = host.files.stat(pidFile)?.signature;
      if (written !== undefined && written !== pidFileBefore && masterOf(host, daemon) !== undefined) return "done";
      if (processState(master)) return undefined;
      // One that daemonizes itself anew is another process before its pid file says so.
      goneSince ??= host.clock.now();
      return host.clock.now() - goneSince > patience && "died";
    }
    if (!processState(master)) return "died";
    const retired = (child: number) =>
      reload.retired === undefined || !processState(child) || reload.retired.test(titleOf(host, child));
    if (childrenOf(master).some((child) => !before.has(child))) return [...before].every(retired) && "done";
    // nginx keeps its workers and goes on as before when it cannot take the new configuration.
    const refused =
      host.files.stat(daemon.errorLog)?.signature !== wordsBefore && lastWords(host, daemon).includes("[emerg]");
    return refused && "refused";
  });
  if (outcome === "done") return;
  const words = lastWords(host, daemon);
  if (outcome === "died") throw new Error(`${daemon.name} died on reload${words ? `: ${words}` : ""}`);
  if (outcome === "refused") throw new Error(`${daemon.name} refused to reload: ${words}`);
  throw new Error(`${daemon.name} (process ${master}) did not reload within ${wait / 1000} s`);
}

/** A command that is over when it is done; nothing where a daemon would have to run for it, and does not. */
async function reloadByCommand(host: Host, name: string, { unit, process, command }: CommandReload, timeout: number) {
  const byUnit = unit !== undefined && hasSystemd(host);
  const isRunning: Argv | undefined = byUnit
    ? ["systemctl", "is-active", "--quiet", unit]
    : process === undefined
      ? undefined
      : ["pgrep", "--exact", process];
  const reload: Argv = byUnit ? ["systemctl", "reload", unit] : command;
  if (isRunning && (await host.processes.run(isRunning)).code !== 0) return;
  await reloadBy(host, name, reload, timeout);
}

async function reloadInSteps(host: Host, name: string, { process, steps }: StepsReload, timeout: number) {
  if ((await host.processes.run(["pgrep", "--exact", process])).code !== 0) return;
  for (const argv of steps(host.clock.now())) await reloadBy(host, name, argv, timeout);
}

async function reloadBy(host: Host, name: string, argv: Argv, timeout: number) {
  const { code, stdout, stderr } = await host.processes.run(argv, { timeout });
  if (code !== 0) throw new Error(`${name} does not reload: ${stderr.trim() || stdout.trim()}`);
}

/** Stops a daemon that was not running before. */
export async function stopDaemon(host: Host, daemon: Daemon): Promise<void> {
  const master = masterOf(host, daemon);
  if (!master) return;
  if (hasSystemd(host)) await host.processes.run(["systemctl", "stop", `${daemon.name}.service`]);
  else {
    host.processes.signal(master, "SIGTERM");
    await until(host.clock, 10_000, () => !processState(master));
  }
}

/** Lets a running daemon open more files; its new workers inherit it (prlimit(1)). `false` if we may not. */
export async function allowOpenFiles(host: Host, daemon: Daemon, openFiles: number): Promise<boolean> {
  const master = masterOf(host, daemon);
  if (!master) return true;
  const limits = /^Max open files +(\d+) +(\d+)/m.exec(host.files.read(`/proc/${master}/limits`) ?? "");
  if (limits && Number(limits[1]) >= openFiles) return true;
  const hard = Math.max(openFiles, Number(limits?.[2] ?? 0));
  return (await host.processes.run(["prlimit", `--pid=${master}`, `--nofile=${openFiles}:${hard}`])).code === 0;
}

/** The end of what a daemon wrote to its log. */
function lastWords(host: Host, daemon: Daemon): string {
  const lines = (host.files.read(daemon.errorLog) ?? "").trimEnd().split("\n").slice(-6);
  return lines.filter((line) => /\[(emerg|alert|crit)\]|error\]|ERROR|AH00016|AH00072|AH02/.test(line)).join("\n");
}

const titleOf = (host: Host, pid: number): string => host.files.read(`/proc/${pid}/cmdline`) ?? "";

export const hasSystemd = (host: Host): boolean => host.files.stat("/run/systemd/system") !== undefined;

/** Lets systemd read its units again; nothing where there is none. */
export async function readUnitsAgain(host: Host): Promise<void> {
  if (hasSystemd(host)) await host.processes.run(["systemctl", "daemon-reload"]);
}

const pidFileOf = ({ name }: ServiceItem): string => `/run/${name}.pid`;

/** Starts one of the distribution's services at every boot. */
export async function enableAtBoot(host: Host, name: string): Promise<void> {
  if (hasSystemd(host)) await must(host, ["systemctl", "enable", "--quiet", `${name}.service`]);
}

/** (Re)starts a service of ours; with systemd its unit is in place by then. */
export async function startService(host: Host, service: ServiceItem): Promise<void> {
  if (hasSystemd(host)) {
    await must(host, ["systemctl", "restart", `${service.name}.service`]);
    return;
  }
  const { command } = service;
  if (!command) return;
  await stopService(host, service);
  const directory = `/run/${command.runtimeDirectory}`;
  await must(host, [
    "install",
    "--directory",
    `--owner=${command.user}`,
    `--group=${command.group}`,
    `--mode=${command.isOpen ? "0755" : "0750"}`,
    directory,
  ]);
  const [program, ...args] = command.argv;
  await must(host, [
    "start-stop-daemon",
    "--start",
    "--background",
    "--make-pidfile",
    `--pidfile=${pidFileOf(service)}`,
    `--chuid=${command.user}:${command.group}`,
    `--umask=${command.umask.toString(8)}`,
    `--startas=${program}`,
    "--",
    ...args,
  ]);
}

/** Stops a service of ours. */
export async function stopService(host: Host, service: ServiceItem): Promise<void> {
  if (hasSystemd(host)) {
    await host.processes.run(["systemctl", "stop", `${service.name}.service`]);
    return;
  }
  await host.processes.run([
    "start-stop-daemon",
    "--stop",
    "--oknodo",
    "--remove-pidfile",
    "--retry=TERM/5/KILL/1",
    `--pidfile=${pidFileOf(service)}`,
  ]);
  if (service.command?.socket) host.files.remove(service.command.socket);
}

async function must(host: Host, argv: Argv): Promise<void> {
  const { code, stderr, stdout } = await host.processes.run(argv);
  if (code !== 0) throw new Error(`${argv.slice(0, 3).join(" ")} failed: ${stderr.trim() || stdout.trim()}`);
}
