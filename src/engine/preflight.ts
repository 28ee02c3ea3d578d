import { daemonNamed } from "../daemons/index.ts";
import type { Host } from "../host/host.ts";
import { portHolder } from "../host/ports.ts";
import { type Allowance, allowOpenFiles, masterOf } from "../host/services.ts";
import type { Needs } from "../model/daemon.ts";
import type { Facts } from "../model/facts.ts";
import { withThousands } from "../model/number.ts";
import type { Change } from "../model/plan.ts";
import { policyFile } from "../model/policy.ts";
import { UserError } from "../model/problem.ts";
import { effectsOf } from "./plan.ts";
import { isBase } from "./render.ts";

/** What each daemon is granted, given all that is needed of it. */
export type Allow = (daemon: string) => Allowance;

export const allowing =
  (needs: Needs, { settings }: Facts): Allow =>
  (name) => ({
    openFiles: daemonNamed(name).openFiles(needs),
    seconds: settings.daemons.reloadSeconds,
    mayStart: needs.has(name),
  });

/** Stops before anything is changed where a daemon could not live with the change, though its checker would not see it. */
export async function preflight(
  host: Host,
  changes: readonly Change[],
  needs: Needs,
  facts: Facts,
  allow: Allow,
): Promise<void> {
  const { starts, reloads } = effectsOf(changes);
  const based = new Set(changes.flatMap(({ because }) => because).filter(isBase));
  for (const name of [...starts, ...reloads]) {
    // Ports only come with a start or with a change of what all its sites have in common.
    if (starts.includes(name) || based.has(`Daemon/${name}`)) refuseTakenPorts(host, name, needs, facts);
    await allowLogs(host, name, needs, facts, allow(name).openFiles);
  }
}

/** Apache ends when it cannot listen, nginx keeps its old workers for good: neither checker looks. */
function refuseTakenPorts(host: Host, name: string, needs: Needs, { settings }: Facts): void {
  const daemon = daemonNamed(name);
  for (const port of daemon.ports(needs, settings)) {
    const holder = portHolder(port, masterOf(host, daemon));
    if (holder === undefined || holder === "itself") continue;
    throw new UserError(
      `port ${port} is held by ${holder}, so ${name} cannot listen there; nothing was changed. Stop it, or choose other ports (sites.httpPort and sites.httpsPort in /etc/upkeep/host.yaml).`,
    );
  }
}

/** Whether a daemon has its ports already, and has not yet said which process it is. */
export function isStarting(host: Host, name: string, needs: Needs, { settings }: Facts): boolean {
  const daemon = daemonNamed(name);
  return !masterOf(host, daemon) && daemon.ports(needs, settings).some((port) => portHolder(port) === name);
}

/** Ten thousand sites with logs of their own are more files than a daemon may open: it would not start again. */
async function allowLogs(host: Host, name: string, needs: Needs, { settings }: Facts, wanted: number): Promise<void> {
  const daemon = daemonNamed(name);
  const logs = withThousands(needs.get(`${name} log`) ?? 0);
  const usual = daemon.openFiles(new Map());
  if (wanted > usual && !settings.policy.raiseLimits) {
    throw new UserError(
      `${name} would hold ${logs} log files open, its limit is ${withThousands(usual)}, and it may not be raised here (\`raiseLimits\` in ${policyFile}); nothing was changed. Give some of the sites \`logs: shared\`.`,
    );
  }
  if (!(await allowOpenFiles(host, daemon, wanted))) {
    throw new UserError(
      `${name} would hold ${logs} log files open, for which it needs a limit of ${withThousands(wanted)}, and this machine allows no such limit; nothing was changed. Give some of the sites \`logs: shared\`.`,
    );
  }
}
