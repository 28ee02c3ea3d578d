import { join } from "node:path";
import { loadAll } from "js-yaml";
import type { Account, Facts, Group } from "../model/facts.ts";
import { UserError } from "../model/problem.ts";
import { defaultSettings, type Settings, settingsSchema } from "../model/settings.ts";
import type { Host } from "./host.ts";
import { hasSystemd, masterOf } from "./services.ts";

export const settingsFile = "/etc/upkeep/host.yaml";

/** Looks at the host. What has not changed since the last look is not read again. */
export type WebServer = Facts["webServer"];

/**
 * Looks at the host. What has not changed since the last look is not read again.
 * `decided` is the web server that this host's sites use by default, once that is settled.
 */
export function factsGatherer(
  host: Host,
  daemons: readonly { readonly name: string; readonly pidFile: string }[],
): (decided: WebServer | undefined) => Facts {
  const remembered = new Map<string, { signature: string | undefined; value: unknown }>();
  const ofFile: OfFile = <T>(path: string, parseText: (text: string) => T): T => {
    const signature = host.files.stat(path)?.signature;
    const known = remembered.get(path);
    if (known && known.signature === signature) return known.value as T;
    const value = parseText(host.files.read(path) ?? "");
    remembered.set(path, { signature, value });
    return value;
  };
  return (decided) => {
    const packages = ofFile("/var/lib/dpkg/status", parseDpkgStatus);
    const running = new Set(daemons.filter((daemon) => masterOf(host, daemon)).map(({ name }) => name));
    return {
      os: ofFile("/usr/lib/os-release", parseOsRelease),
      init: hasSystemd(host) ? "systemd" : "none",
      packages,
      accounts: ofFile("/etc/passwd", parsePasswd),
      groups: ofFile("/etc/group", parseGroup),
      ipv6: host.files.stat("/proc/net/if_inet6") !== undefined,
      nginxDirectives: nginxDirectives(host, ofFile),
      running,
      webServer: decided ?? webServerHere(running, packages),
      settings: ofFile(settingsFile, parseSettings),
      program: join(import.meta.dirname, "../../upkeep"),
    };
  };
}

type OfFile = <T>(path: string, parseText: (text: string) => T) => T;

/** The web server that runs here, else the one that is installed, else Apache. */
function webServerHere(...places: readonly { has(name: string): boolean }[]): WebServer {
  for (const place of places) {
    if (place.has("apache2")) return "apache2";
    if (place.has("nginx")) return "nginx";
  }
  return "apache2";
}

function parseOsRelease(text: string): Facts["os"] {
  const value = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, "m").exec(text)?.[1] ?? "";
  return { id: value("ID"), version: value("VERSION_ID") };
}

/** Installed packages of dpkg's status file, see deb822(5). */
function parseDpkgStatus(text: string): Map<string, string> {
  const packages = new Map<string, string>();
  for (const match of text.matchAll(/^Package: (\S+)\nStatus: \S+ \S+ installed\n(?:[^\n]+\n)*?Version: (\S+)$/gm)) {
    packages.set(match[1]!, match[2]!);
  }
  return packages;
}

function parsePasswd(text: string): Map<string, Account> {
  const accounts = new Map<string, Account>();
  for (const line of text.split("\n")) {
    const [name, , uid, gid, , home, shell] = line.split(":");
    if (name && shell !== undefined) accounts.set(name, { uid: Number(uid), gid: Number(gid), home: home!, shell });
  }
  return accounts;
}

function parseGroup(text: string): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const line of text.split("\n")) {
    const [name, , gid, members] = line.split(":");
    if (name && gid) groups.set(name, { gid: Number(gid), members: members ? members.split(",") : [] });
  }
  return groups;
}

/** First words of the lines of nginx's own configuration; enough to know what must not be said twice. */
function nginxDirectives(host: Host, ofFile: OfFile): ReadonlySet<string> {
  const own = host.files.list("/etc/nginx/conf.d").map((name) => `/etc/nginx/conf.d/${name}`);
  const words = (text: string) => [...text.matchAll(/^\s*([a-z_0-9]+)\s/gm)].map((match) => match[1]!);
  return new Set(["/etc/nginx/nginx.conf", ...own].flatMap((path) => ofFile(path, words)));
}

function parseSettings(text: string): Settings {
  if (text.trim() === "") return defaultSettings;
  const result = settingsSchema.safeParse(loadAll(text)[0] ?? {});
  if (result.success) return result.data;
  throw new UserError(
    result.error.issues.map((issue) => ({ message: `${settingsFile}: ${issue.path.join(".")}: ${issue.message}` })),
  );
}
