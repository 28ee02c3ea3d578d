import type { Needs } from "../model/daemon.ts";
import type { Facts } from "../model/facts.ts";
import type { DirectoryItem, InsertionItem } from "../model/item.ts";
import { hostBlocks } from "./apache/host-blocks.ts";
import { type Block, blocksOf } from "./blocks.ts";
import { siteBlocks } from "./caddy/site-blocks.ts";
import { sectionsOf } from "./haproxy/sections.ts";
import { insertion, marked, withoutOurs } from "./insert.ts";
import { serverBlocks } from "./nginx/server-blocks.ts";
import { systemDirectory } from "./system-items.ts";

/** Where switches and answers are: for every server to read, and still there after a reboot. */
export const maintenanceDirectory = "/var/lib/upkeep-maintenance";

export const haproxyConfig = "/etc/haproxy/haproxy.cfg";
export const varnishConfig = "/etc/varnish/default.vcl";

/** The line with which VCL begins. */
export const vclVersion = /^\s*vcl\s+4\.\d+\s*;/m;

/** The directory that HAProxy confines itself to; empty if it does not. */
const chrootOf = (configuration: string): string =>
  /^\s*chroot\s+(?<directory>\/\S+)/m.exec(configuration)?.groups?.directory?.replace(/\/$/, "") ?? "";

/** The same place as a server sees it: HAProxy sees nothing outside of its chroot(2) once it runs. */
export const answersDirectory = (server: string | undefined, { foreign }: Facts): string =>
  `${server === "haproxy" ? chrootOf(foreign.get(haproxyConfig) ?? "") : ""}${maintenanceDirectory}`;

export function maintenanceDirectories(server: string | undefined, facts: Facts): DirectoryItem[] {
  const directory = answersDirectory(server, facts);
  const outside = directory.slice(0, -maintenanceDirectory.length);
  const parents = outside === "" ? [] : [`${outside}/var`, `${outside}/var/lib`];
  return [...parents, directory].map(systemDirectory);
}

/** How resources tell a server's base what it is needed for. */
export const maintenanceNeed = (server: string, name: string): string => `${server} maintenance ${name}`;
/** One of them lets people in by links. */
export const linksNeed = (server: string): string => `${server} links`;
export const blockNeed = (server: string, site: string): string => `${server} block ${site}`;

const wordsAfter = (needs: Needs, beginning: string): string[] =>
  [...needs.keys()].flatMap((need) => (need.startsWith(beginning) ? [need.slice(beginning.length)] : [])).sort();

/** The maintenances of a server. */
export const maintenancesOf = (needs: Needs, server: string): string[] =>
  wordsAfter(needs, maintenanceNeed(server, ""));

interface Including {
  /** Where the server's own files are. */
  readonly files: RegExp;
  readonly blocks: (file: string, text: string) => Block[];
  readonly line: (key: string) => string;
}

/** Servers whose configuration is made of blocks, each for certain names: each block concerned gets one line. */
const including: Readonly<Record<string, Including>> = {
  apache2: {
    files: /^\/etc\/apache2\//,
    blocks: hostBlocks,
    line: (key) => `\tIncludeOptional /etc/apache2/upkeep/maintenance/${key}/*.conf`,
  },
  nginx: {
    files: /^\/etc\/nginx\//,
    blocks: serverBlocks,
    line: (key) => marked(`\tinclude /etc/nginx/upkeep/maintenance/${key}/*.conf;`),
  },
  caddy: {
    files: /^\/etc\/caddy\//,
    blocks: siteBlocks,
    line: (key) => marked(`\timport /etc/caddy/upkeep/maintenance/${key}/*.caddy`),
  },
};

/** A file name for a site or pattern: `_.example.org` for `*.example.org`. */
export const keyOf = (site: string): string => (site.startsWith("*.") ? `_${site.slice(1)}` : site);

/** All blocks of a server that are not Upkeep's; `undefined` for a server that has no such blocks. */
export function foreignBlocks(server: string, { foreign }: Facts): Block[] | undefined {
  const how = including[server];
  if (!how) return undefined;
  return [...foreign].flatMap(([file, text]) => (how.files.test(file) ? how.blocks(file, withoutOurs(text)) : []));
}

/** Why a server has nothing that lines of ours could be put into; `undefined` if it has. */
export function lacks(server: string, { foreign }: Facts): string | undefined {
  const main = { varnish: varnishConfig, haproxy: haproxyConfig }[server];
  if (main === undefined) return undefined;
  const text = foreign.get(main);
  if (text === undefined) return `${server} has no ${main}, where its maintenance would be put`;
  if (server === "varnish" && !vclVersion.test(text)) return `${main} does not begin with \`vcl 4.1;\``;
  if (server === "haproxy" && !sectionsOf(text).some(({ takesHttp }) => takesHttp))
    return `${main} has no frontend in \`mode http\``;
  return undefined;
}

/** The lines that bring maintenance into the blocks of a server's own files. */
export function includesInBlocks(server: string, needs: Needs, facts: Facts): InsertionItem[] {
  const how = including[server]!;
  const blocks = foreignBlocks(server, facts) ?? [];
  const byFile = new Map<string, Map<number, string[]>>();
  for (const site of wordsAfter(needs, blockNeed(server, ""))) {
    for (const { file, line } of blocksOf(blocks, site)) {
      const lines = byFile.get(file) ?? new Map<number, string[]>();
      lines.set(line, [...(lines.get(line) ?? []), how.line(keyOf(site))]);
      byFile.set(file, lines);
    }
  }
  return [...byFile].map(([file, lines]) => insertion(file, facts.foreign.get(file)!, lines, server));
}
