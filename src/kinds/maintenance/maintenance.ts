import { blocksOf } from "../../daemons/blocks.ts";
import { doorAccount, doorNeed } from "../../daemons/doorkeeper.ts";
import { blockNeed, foreignBlocks, lacks, linksNeed, maintenanceNeed } from "../../daemons/maintenance.ts";
import { ownDirectory, systemFile } from "../../daemons/system-items.ts";
import type { Facts } from "../../model/facts.ts";
import type { FileItem, Item } from "../../model/item.ts";
import { kind, type Reference, type Rendering, type SpecIssue } from "../../model/kind.ts";
import type { Probe } from "../../model/probe.ts";
import type { Resource } from "../../model/resource.ts";
import { didYouMean } from "../did-you-mean.ts";
import { keyPairFiles } from "../key-pair.ts";
import { hostPattern } from "../site/names.ts";
import { answersFor } from "./answers.ts";
import { apacheFiles } from "./apache.ts";
import { caddyFiles } from "./caddy.ts";
import { exchangerOf } from "./door.ts";
import { haproxyFiles, haproxyMaps } from "./haproxy.ts";
import { type Layout, layOut } from "./layout.ts";
import { lighttpdFiles } from "./lighttpd.ts";
import { patternProblem } from "./network-pattern.ts";
import { nginxFiles } from "./nginx.ts";
import { portItems } from "./redirect-port.ts";
import { type MaintenanceSpec, maintenanceSpec } from "./schema.ts";
import { stateItems } from "./state.ts";
import { healthFile, varnishFiles } from "./varnish.ts";
import { isOn } from "./window.ts";

/** Sites that are taken offline and say so, and the switch for it. */
export const maintenanceKind = kind<MaintenanceSpec>({
  name: "Maintenance",
  summary: "A switch that takes sites offline: visitors get a page, machines 503, and some people still get in.",
  scope: "tenant",
  spec: maintenanceSpec,
  operatorFields: ["server", "mode", "page", "pageDigest", "trustedProxies", "addressHeader", "port", "ports", "tls"],
  refusesTenants,
  normaliseName,
  check,
  asks: ({ spec: { tls } }) => ({ files: keyPairFiles(tls) }),
  refersTo,
  claims: () => [],
  render,
});

/** What says "all" means those of others, too, today or tomorrow. */
function refusesTenants({ spec: { sites } }: Resource<MaintenanceSpec>): SpecIssue[] {
  if (sites === "all") return [{ path: ["sites"], message: "say which of your sites" }];
  return sites.flatMap((name, index) =>
    name.startsWith("*.") ? [{ path: ["sites", index], message: "say each of your sites by its name" }] : [],
  );
}

/** A name of one's own, or the name of the one site it is about. */
function normaliseName(written: string): { readonly name: string } | { readonly problem: string } {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(written)) return { name: written };
  const host = hostPattern(written);
  if ("name" in host && !host.name.startsWith("*.")) return host;
  return {
    problem: `${JSON.stringify(written)} is no name for a maintenance: use lower-case letters, digits and dashes, or a site's name`,
  };
}

function check({ spec }: Resource<MaintenanceSpec>): SpecIssue[] {
  const issues: SpecIssue[] = [];
  const refuse = (path: SpecIssue["path"], message: string) => issues.push({ path, message });
  const { from, until, server, mode } = spec;
  if (from !== undefined && until !== undefined && Date.parse(until) <= Date.parse(from))
    refuse(["until"], `${until} is not after from (${from})`);
  if (mode === "redirect-port") {
    if (spec.sites !== "all")
      refuse(["sites"], "must be all with redirect-port: the kernel sees connections, not names");
    if (server !== undefined && server !== "apache") refuse(["server"], "is Apache with redirect-port");
    if (spec.secret) refuse(["secret"], "needs the server to look at it, and redirect-port leaves the server alone");
    if (spec.trustedProxies.length > 0)
      refuse(["trustedProxies"], "has no effect with redirect-port: the kernel sees no headers");
  } else {
    for (const field of ["ports", "tls"] as const) if (spec[field]) refuse([field], "is for mode: redirect-port");
  }
  if (spec.trustedProxies.length > 0 && spec.allow.length === 0)
    refuse(["trustedProxies"], "has no effect without allow");
  if (server === "caddy" && spec.trustedProxies.length > 0) {
    for (const [index, network] of spec.allow.entries()) {
      const problem = patternProblem(network);
      if (problem) refuse(["allow", index], `${problem} (Caddy behind a proxy)`);
    }
  }
  return issues;
}

function refersTo({ spec: { sites, server } }: Resource<MaintenanceSpec>): Reference[] {
  return sites === "all" || server !== undefined
    ? []
    : sites.map((name, index) => ({ kind: "Site", name, path: ["sites", index] }));
}

/** The daemons whose sites it is about. */
function serversOf({ server, mode }: MaintenanceSpec, { serving }: Facts): string[] {
  if (mode === "redirect-port") return ["apache2"];
  if (server === undefined) return [...serving];
  return [server === "apache" ? "apache2" : server];
}

const configurations: Readonly<Record<string, (layout: Layout) => Record<string, string>>> = {
  apache2: apacheFiles,
  nginx: nginxFiles,
  varnish: varnishFiles,
  lighttpd: lighttpdFiles,
  haproxy: haproxyFiles,
  caddy: caddyFiles,
};

function render(resource: Resource<MaintenanceSpec>, facts: Facts): Rendering {
  const { name, spec } = resource;
  const servers = serversOf(spec, facts);
  const refused = whyNot(spec, servers, facts);
  if (refused) return { items: [], needs: [], probes: [], refused };
  const layout = layOut(resource, facts);
  const answers = answersFor(layout, spec.pageDigest === undefined ? undefined : facts.pages.get(spec.pageDigest));
  const on = isOn(spec, facts.now);
  const links = facts.links.filter(({ maintenance, ends }) => maintenance === name && ends > facts.now);
  const viaPort = spec.mode === "redirect-port";
  return {
    items: [
      ...stateItems(layout, answers, servers, on && !viaPort, links),
      ...(viaPort ? portItems(layout, on) : servers.flatMap((server) => configurationItems(layout, server, on))),
    ],
    needs: [
      ...needsOf(layout, servers),
      ...(layout.linkSeconds > 0 ? servers.map(linksNeed) : []),
      ...(links.length > 0 && exchangerOf(layout) === doorAccount ? [doorNeed] : []),
    ],
    probes: on ? probesOf(layout, facts) : [],
    ...(spec.tls && { keyPairs: [spec.tls] }),
  };
}

function whyNot(spec: MaintenanceSpec, servers: readonly string[], facts: Facts): string | undefined {
  if (spec.pageDigest !== undefined && facts.pages.get(spec.pageDigest) === undefined)
    return "its built page is not there any more; apply it again from the file that names the page";
  if (spec.server === undefined && spec.mode === "answer") return undefined;
  for (const server of servers) {
    if (!facts.packages.has(server)) return `${server} is not installed here`;
    const lacking = lacks(server, facts);
    if (lacking) return lacking;
    const blocks = foreignBlocks(server, facts);
    if (!blocks || spec.mode !== "answer") continue;
    for (const site of spec.sites === "all" ? ["all"] : spec.sites) {
      if (blocksOf(blocks, site).length > 0) continue;
      const names = [...new Set(blocks.flatMap((block) => block.names))];
      const known = names.length === 0 ? "none" : names.slice(0, 10).join(", ");
      return `${server} serves ${site === "all" ? "no sites" : `no ${site}`} by configuration of its own${didYouMean(site, names)}; it serves: ${known}`;
    }
  }
  return undefined;
}

const configurationItems = (layout: Layout, server: string, on: boolean): Item[] => {
  const files = Object.entries(configurations[server]!(layout));
  return [
    ...directoriesOf(files.map(([path]) => path)),
    ...files.map(([path, content]) => systemFile(path, content, server)),
    ...(server === "varnish" ? [healthFile(layout, on)] : []),
    ...(server === "haproxy" ? haproxyMaps(layout, on).map((map): FileItem => ({ ...map, toldTo: "haproxy" })) : []),
  ];
};

/** The directories of single sites, below those that the server's base makes. */
const directoriesOf = (paths: readonly string[]): Item[] =>
  [...new Set(paths.flatMap((path) => /^.*\/maintenance\/[^/]+(?=\/)/.exec(path)?.[0] ?? []))].map((path) =>
    ownDirectory(path),
  );

function needsOf({ name, spec, keys }: Layout, servers: readonly string[]): string[] {
  const sites = spec.sites === "all" ? ["all"] : spec.sites;
  return [
    "maintenance",
    ...servers.map((server) => maintenanceNeed(server, name)),
    ...(spec.server === undefined || spec.mode !== "answer"
      ? []
      : servers.flatMap((server) => sites.map((site) => blockNeed(server, site)))),
    ...[...new Set(keys.map(({ covers }) => covers))].map((way) => `haproxy ${way} ${name}`),
    ...(spec.mode === "redirect-port"
      ? [
          ...[spec.port, ...(spec.tls ? [spec.port + 1] : [])].map((port) => `apache2 port ${port}`),
          ...(spec.tls ? ["apache2 page tls"] : []),
        ]
      : []),
  ];
}

/** Of Upkeep's own sites one is asked; how others are reached is not known here. */
function probesOf({ spec, keys, allow }: Layout, { settings }: Facts): Probe[] {
  const seesTheSite = allow.some((network) => network.startsWith("127.") || network === "::1/128");
  const site = spec.mode === "redirect-port" ? "upkeep.invalid" : keys.find(({ covers }) => covers === "one")?.host;
  if (site === undefined || (spec.mode === "answer" && (spec.server !== undefined || seesTheSite))) return [];
  const port = spec.mode === "redirect-port" ? spec.port : settings.sites.httpPort;
  return [
    {
      says: `${site} is in maintenance`,
      scheme: "http",
      port,
      hostName: site,
      path: "/",
      expect: { maintenance: true },
    },
  ];
}
