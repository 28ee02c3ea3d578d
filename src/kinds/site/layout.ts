import { hash } from "node:crypto";
import { sharedLogDirectory } from "../../daemons/log-splitter.ts";
import type { Facts } from "../../model/facts.ts";
import type { Resource } from "../../model/resource.ts";
import { headerFor } from "../header.ts";
import { isWildcard, userFor } from "./names.ts";
import type { SiteSpec } from "./schema.ts";

/** A site with everything that follows from its record and the host worked out; what both servers render from. */
export interface Site {
  readonly name: string;
  readonly spec: SiteSpec;
  readonly user: string;
  /** `/home/<user>` */
  readonly home: string;
  /** `/home/<user>/<name>` */
  readonly directory: string;
  readonly documentRoot: string;
  readonly logDirectory: string;
  readonly cgiDirectory: string;
  readonly temporaryDirectory: string;
  /** Where the PHP pool listens. */
  readonly phpSocket: string;
  /** Where the CGI runner listens. */
  readonly cgiSocket: string;
  /** Where the password file lies, for `basicAuth`. */
  readonly passwords: string;
  readonly exactNames: readonly string[];
  readonly wildcardNames: readonly string[];
  /** The name all others redirect to. */
  readonly canonical: { readonly name: string; readonly status: number } | false;
  /** Allowed request methods; `undefined`: all. */
  readonly methods: readonly string[] | undefined;
  readonly ports: { readonly http: number; readonly https: number };
}

/** A site with this path answers which configuration is live, to questions from the machine itself. */
export const markerPath = "/.well-known/upkeep";
export const markerHeader = "Upkeep-Site";
/** As node and HTTP/2 name it. */
export const markerField = "upkeep-site";
/** The account as which a site runs. */
export const siteAccount = ({ name, spec }: { readonly name: string; readonly spec: unknown }): string =>
  (spec as { readonly user?: string }).user ?? userFor(name);

/** Kept out of every redirect and restriction: certificate authorities ask here (RFC 8555, 8.3). */
export const acmePath = "/.well-known/acme-challenge/";

export function layOut({ name, spec }: Resource<SiteSpec>, server: "apache2" | "nginx", { settings }: Facts): Site {
  const user = siteAccount({ name, spec });
  const home = `${settings.sites.directory}/${user}`;
  const directory = `${home}/${name}`;
  const names = [...new Set([name, ...spec.aliases])];
  const short = userFor(name);
  return {
    name,
    spec,
    user,
    home,
    directory,
    documentRoot: `${directory}/${spec.root}`,
    logDirectory: `${directory}/log`,
    cgiDirectory: `${directory}/cgi-bin`,
    temporaryDirectory: `${directory}/tmp`,
    phpSocket: `/run/php/upkeep-${short}.sock`,
    cgiSocket: `/run/upkeep-cgi-${short}/socket`,
    passwords: `/etc/${server}/upkeep/${fileStem(name)}.htpasswd`,
    exactNames: names.filter((each) => !isWildcard(each)),
    wildcardNames: names.filter(isWildcard),
    canonical: canonicalOf(name, spec),
    methods: spec.methods ?? (spec.proxy ? undefined : ["GET", "HEAD", "POST"]),
    ports: { http: settings.sites.httpPort, https: settings.sites.httpsPort },
  };
}

export function canonicalOf(name: string, spec: SiteSpec): Site["canonical"] {
  if (spec.canonical === false) return false;
  return { name: spec.canonical?.name ?? name, status: spec.canonical?.status ?? 308 };
}

/** A file name of at most 180 characters, so that its suffixes fit into the 255 of a directory entry. */
export const fileStem = (name: string): string =>
  name.length <= 180 ? name : `${name.slice(0, 150)}-${hash("sha256", name).slice(0, 16)}`;

/** Paths of the site's own error pages, each once. */
export const errorPaths = (site: Site): readonly string[] => [...new Set(Object.values(site.spec.errorPages))];

/** Whom a maintenance may name to mean this site: itself, all below one of its domains, all. As file names. */
export function maintenanceKeys({ name }: Site): string[] {
  const labels = name.split(".");
  const domains = labels.slice(1, -1).map((_, index) => `_.${labels.slice(index + 1).join(".")}`);
  return [name, ...domains, "all"];
}

/** The value of Strict-Transport-Security (RFC 6797, 6.1). */
export function hstsValue({ hsts }: SiteSpec): string | undefined {
  if (!hsts) return undefined;
  return [
    `max-age=${hsts.maxAge}`,
    ...(hsts.includeSubDomains ? ["includeSubDomains"] : []),
    ...(hsts.preload ? ["preload"] : []),
  ].join("; ");
}

/** `https://shop.example.com`, with the port where it is not the scheme's own. */
export function origin(scheme: "http" | "https", name: string, ports: Site["ports"]): string {
  const usual = scheme === "http" ? 80 : 443;
  return `${scheme}://${name}${ports[scheme] === usual ? "" : `:${ports[scheme]}`}`;
}

/** An address as it stands in an address of the web (RFC 3986, 3.2.2). */
export const urlHost = (address: string): string => (address.includes(":") ? `[${address}]` : address);

/** Where people find the site. */
export const addressOf = (site: Site): string =>
  `${origin(site.spec.tls ? "https" : "http", site.canonical ? site.canonical.name : site.name, site.ports)}/`;

export const header = (name: string): readonly string[] => headerFor("Site", name);

/** Short digest of a rendered configuration, by which a probe recognises it. */
const digestOf = (text: string): string => hash("sha256", text).slice(0, 16);

/** Stands in a rendering for its own digest, which is not known before it is printed. */
const noDigest = "0".repeat(16);

/** What a site says of itself at {@link markerPath}: its name and which configuration answers. */
export const markerValue = (site: Site, digest = noDigest): string => `${site.name} ${digest}`;

/** Gives texts printed with a bare {@link markerValue} the digest of the first, and the header that every file has. */
export function sign(
  site: Site,
  texts: readonly string[],
): { readonly digest: string; readonly texts: readonly string[] } {
  const digest = digestOf(texts[0]!);
  const head = header(site.name)
    .map((line) => `# ${line}\n`)
    .join("");
  return {
    digest,
    texts: texts.map((text) => head + text.replaceAll(markerValue(site), markerValue(site, digest))),
  };
}

/** The log that sites with `logs: shared` write to together. */
export const sharedLog = (server: "apache2" | "nginx"): string => `${sharedLogDirectory}/${server}-access.log`;
