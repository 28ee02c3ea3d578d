import { releaseName, releaseNamed, stable } from "./release.ts";
import type { Settings } from "./settings.ts";

/** What is true of a host and of interest to rendering. Gathered by `host/`, a plain value here. */
export interface Facts {
  readonly os: { readonly id: string; readonly version: string };
  readonly init: "systemd" | "none";
  /** Installed packages and their versions. */
  readonly packages: ReadonlyMap<string, string>;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly ipv6: boolean;
  /** Directives that the operator has given nginx outside of any block of ours; most may stand only once. */
  readonly nginxDirectives: ReadonlySet<string>;
  /** Daemons with a live master process. */
  readonly running: ReadonlySet<string>;
  /** The web server for sites that name none. Decided once for a host, so that no site ever moves by itself. */
  readonly webServer: "apache2" | "nginx";
  /** The web servers that have sites of Upkeep's, or are about to. */
  readonly serving: readonly ("apache2" | "nginx")[];
  readonly settings: Settings;
  /** Configuration files of servers here that are not Upkeep's, by their real paths. */
  readonly foreign: ReadonlyMap<string, string>;
  /** Zones that a name server here has the master copy of, by name. */
  readonly zones: { get(name: string): ZoneHere | undefined };
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Built pages by their digests. */
  readonly pages: { get(digest: string): string | undefined };
  /** Links that let people into sites in maintenance. */
  readonly links: readonly MaintenanceLink[];
  /** The path of `upkeep` itself. */
  readonly program: string;
}

/** A zone of a name server of this machine. */
export interface ZoneHere {
  readonly file: string;
  readonly text: string;
  /** It takes changes over the network, so its file is the server's own. */
  readonly isDynamic: boolean;
}

/** A secret link, good for one browser, which is let in until it ends. */
export interface MaintenanceLink {
  /** The maintenance's name. */
  readonly maintenance: string;
  /** The site or pattern, as the maintenance states it. */
  readonly site: string;
  /** What stands in the link. */
  readonly token: string;
  /** What the link is exchanged for, in the same form; it stands in the cookie. */
  readonly cookie: string;
  /** Milliseconds since 1970. */
  readonly ends: number;
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export interface Group {
  readonly gid: number;
  readonly members: readonly string[];
}

/** The PHP version to use where none is asked for: an installed one, else the release's own. */
export function defaultPhp(facts: Facts): string {
  const own = releaseNamed(releaseName(facts.os))?.php;
  if (own && facts.packages.has(`php${own}-fpm`)) return own;
  const installed = [...facts.packages.keys()].flatMap((name) => /^php(\d\.\d)-fpm$/.exec(name)?.[1] ?? []).sort();
  return installed.at(-1) ?? own ?? stable.php;
}

/** Whether an installed package is at least a version: `atLeast(facts, "nginx", "1.25.1")`. */
export function atLeast(facts: Facts, name: string, wanted: string): boolean {
  const numbers = (version: string) =>
    (version.replace(/^\d+:/, "").match(/^[\d.]+/)?.[0] ?? "0").split(".").map(Number);
  const has = numbers(facts.packages.get(name) ?? "0");
  for (const [index, part] of numbers(wanted).entries()) {
    const difference = (has[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
