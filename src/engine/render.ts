import { hash } from "node:crypto";
import { maintenanceAtBoot } from "../daemons/boot.ts";
import { doorkeeper } from "../daemons/doorkeeper.ts";
import { daemons, otherPackages } from "../daemons/index.ts";
import { logSplitter } from "../daemons/log-splitter.ts";
import { ping } from "../daemons/ping.ts";
import { watches } from "../daemons/watches.ts";
import { forbiddenHere } from "../kinds/forbidden-here.ts";
import { kindNamed } from "../kinds/index.ts";
import type { Needs } from "../model/daemon.ts";
import type { Facts } from "../model/facts.ts";
import type { Rendered } from "../model/kind.ts";
import type { Resource, ResourceRef } from "../model/resource.ts";
import { refOf } from "../model/resource.ts";

/** What a resource is to become on this host. */
export interface Target {
  readonly ref: ResourceRef;
  /** `undefined`: it is to go. */
  readonly resource: Resource | undefined;
  readonly revision: number;
  /** Why it cannot be what this version of Upkeep understands. */
  readonly unfit?: string;
}

export function renderTarget(resource: Resource, facts: Facts): Rendered {
  const kind = kindNamed(resource.kind);
  if (!kind) throw new Error(`this version of Upkeep knows no kind ${resource.kind}`);
  const ref = refOf(resource);
  // Once more, where the host's owner has the last word: records may be older than what is allowed here.
  const [issue] = forbiddenHere(resource, facts.settings);
  if (issue)
    return { ref, items: [], needs: [], probes: [], refused: [...issue.path.slice(0, 1), issue.message].join(": ") };
  return { ref, ...kind.render(resource, facts) };
}

/** What the daemons themselves need, given everything that is needed of them; owned by `Daemon/<name>`. */
export function renderBases(needs: Needs, facts: Facts): Rendered[] {
  const bases = daemons.map((daemon) => ({ name: daemon.name, items: daemon.base(needs, facts) }));
  const packages = Object.entries(otherPackages).map(([need, name]) => ({
    name: need,
    items: needs.has(need) ? [{ type: "package", name } as const] : [],
  }));
  const logs = { name: "logs", items: logSplitter(needs, facts) };
  const looking = { name: "watches", items: watches(needs, facts) };
  const pinging = { name: "ping", items: ping(needs) };
  const door = { name: "door", items: doorkeeper(needs, facts) };
  const boot = { name: "maintenance", items: maintenanceAtBoot(needs, facts) };
  return [...packages, ...bases, logs, looking, pinging, door, boot].map(({ name, items }) => ({
    ref: `Daemon/${name}`,
    items,
    needs: [],
    probes: [],
  }));
}

export const isBase = (ref: ResourceRef): boolean => ref.startsWith("Daemon/");

/** Everything besides its spec that decides what a resource renders to; a change here re-renders all of them. */
export function renderContext(facts: Facts, program: string): string {
  const { os, init, ipv6, webServer, settings, packages, program: path } = facts;
  // How often an agent looks, and how long a reload may take, is in no file.
  const { agent: _agent, daemons: _daemons, ...rendered } = settings;
  const versions = [...packages].filter(([name]) => name === "nginx" || /^php\d\.\d-fpm$/.test(name)).sort();
  const text = JSON.stringify([
    program,
    path,
    os,
    init,
    ipv6,
    webServer,
    rendered,
    versions,
    [...facts.nginxDirectives].sort(),
  ]);
  return hash("sha256", text).slice(0, 16);
}
