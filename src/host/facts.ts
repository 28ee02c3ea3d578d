import { basename, dirname, join, resolve } from "node:path";
import { loadAll } from "js-yaml";
import type { z } from "zod";
import type { Account, Facts, Group } from "../model/facts.ts";
import { policyFile, policySchema } from "../model/policy.ts";
import { UserError } from "../model/problem.ts";
import { settingsSchema } from "../model/settings.ts";
import type { Host } from "./host.ts";
import { installation } from "./installation.ts";
import { type PrimaryZone, primaryZones } from "./named-conf.ts";
import { hasSystemd, masterOf } from "./services.ts";

export const settingsFile = "/etc/upkeep/host.yaml";

/** What Upkeep has decided here and facts depend on. */
export interface Decided {
  /** The web server that this host's sites use by default, once that is settled. */
  readonly webServer: WebServer | undefined;
  readonly serving: Facts["serving"];
  readonly links: Facts["links"];
  /** Pages built just now, which are not on the disk yet. */
  readonly pages: ReadonlyMap<string, string>;
}

export type WebServer = Facts["webServer"];

/**
 * Looks at the host. What has not changed since the last look is not read again.
 */
export function factsGatherer(
  host: Host,
  daemons: readonly { readonly name: string; readonly pidFile?: string }[],
): (decided: Decided) => Facts {
  const remembered = new Map<string, { signature: string | undefined; value: unknown }>();
  const ofFile: OfFile = <T>(path: string, parseText: (text: string) => T): T => {
    const signature = host.files.stat(path)?.signature;
    const known = remembered.get(path);
    if (known && known.signature === signature) return known.value as T;
    const value = parseText(host.files.read(path) ?? "");
    remembered.set(path, { signature, value });
    return value;
  };
  return ({ webServer, serving, links, pages }) => {
    const packages = ofFile("/var/lib/dpkg/status", parseDpkgStatus);
    const running = new Set(daemons.filter((daemon) => masterOf(host, daemon)).map(({ name }) => name));
    const chosen = webServer ?? webServerHere(running, packages);
    return {
      os: ofFile("/usr/lib/os-release", parseOsRelease),
      init: hasSystemd(host) ? "systemd" : "none",
      packages,
      accounts: ofFile("/etc/passwd", parsePasswd),
      groups: ofFile("/etc/group", parseGroup),
      ipv6: host.files.stat("/proc/net/if_inet6") !== undefined,
      nginxDirectives: nginxDirectives(host, ofFile),
      running,
      webServer: chosen,
      serving: serving.length > 0 ? serving : [chosen],
      settings: {
        ...ofFile(settingsFile, (text) => parseOwn(settingsFile, settingsSchema, text)),
        policy: ofFile(policyFile, (text) => parseOwn(policyFile, policySchema, text)),
      },
      foreign: foreignConfigurations(host, packages, ofFile),
      zones: zonesHere(host, packages, ofFile),
      now: host.clock.now(),
      pages: { get: (digest) => pages.get(digest) ?? host.files.read(builtPage(digest)) },
      links,
      program: join(installation, "upkeep"),
    };
  };
}

/** Where built pages are kept, by what is in them. */
export const builtPage = (digest: string): string => `/var/lib/upkeep/pages/${digest}.html`;

/** Files of servers that Upkeep may have to put a line into. */
const foreignPlaces: Readonly<Record<string, readonly string[]>> = {
  apache2: ["/etc/apache2/sites-enabled/"],
  nginx: ["/etc/nginx/conf.d/", "/etc/nginx/sites-enabled/"],
  varnish: ["/etc/varnish/default.vcl"],
  haproxy: ["/etc/haproxy/haproxy.cfg"],
  caddy: ["/etc/caddy/Caddyfile"],
  "exim4-config": ["/etc/exim4/exim4.conf", "/etc/exim4/exim4.conf.localmacros", "/etc/exim4/conf.d/main/"],
  postfix: ["/etc/postfix/main.cf"],
  "openssh-server": ["/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/"],
};

function foreignConfigurations(host: Host, packages: Facts["packages"], ofFile: OfFile): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, places] of Object.entries(foreignPlaces)) {
    if (!packages.has(name)) continue;
    const files = places.flatMap((place) =>
      place.endsWith("/") ? host.files.list(place).map((file) => place + file) : [place],
    );
    for (const file of files.filter((each) => !/upkeep/.test(basename(each)))) {
      const target = host.files.stat(file)?.type === "link" ? host.files.readLink(file) : undefined;
      const path = target === undefined ? file : resolve(dirname(file), target);
      if (host.files.stat(path)?.type === "file") found.set(path, ofFile(path, whole));
    }
  }
  return found;
}

const bindConfiguration = "/etc/bind/named.conf";

/** Zones are looked for when somebody asks: a name server may have thousands. */
function zonesHere(host: Host, packages: Facts["packages"], ofFile: OfFile): Facts["zones"] {
  let zones: Map<string, PrimaryZone> | undefined;
  const find = () => {
    const texts = new Map<string, string>();
    const read = (file: string) => {
      if (texts.has(file) || host.files.stat(file)?.type !== "file") return;
      const text = ofFile(file, whole);
      texts.set(file, text);
      for (const [, included] of text.matchAll(/^\s*include\s+"([^"]+)"\s*;/gm)) read(resolve("/etc/bind", included!));
    };
    if (packages.has("bind9")) read(bindConfiguration);
    return new Map(primaryZones(texts.values()).map((zone) => [zone.name, zone]));
  };
  return {
    get(name) {
      zones ??= find();
      const zone = zones.get(name);
      if (!zone || host.files.stat(zone.file)?.type !== "file") return undefined;
      const { file, isDynamic } = zone;
      return { file, isDynamic, text: ofFile(file, whole) };
    },
  };
}

type OfFile = <T>(path: string, parseText: (text: string) => T) => T;

/** Of a file that several look at, each in their own way: what is remembered is remembered by its path. */
const whole = (text: string): string => text;

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
  return new Set(["/etc/nginx/nginx.conf", ...own].flatMap((path) => words(ofFile(path, whole))));
}

/** One of the files that belong to the host's owner. */
function parseOwn<T>(file: string, schema: z.ZodType<T>, text: string): T {
  const result = schema.safeParse(text.trim() === "" ? {} : (readYaml(file, text) ?? {}));
  if (result.success) return result.data;
  throw new UserError(
    result.error.issues.map(({ path, message }) => ({
      message: [file, ...(path.length > 0 ? [path.join(".")] : []), message].join(": "),
    })),
  );
}

function readYaml(file: string, text: string): unknown {
  try {
    return loadAll(text)[0];
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}`);
  }
}
