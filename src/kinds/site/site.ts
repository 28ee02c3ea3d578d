import { systemFile } from "../../daemons/system-items.ts";
import { atLeast, defaultPhp, type Facts } from "../../model/facts.ts";
import type { DirectoryItem, FileItem } from "../../model/item.ts";
import { type Asked, kind, type Rendering, type SpecIssue } from "../../model/kind.ts";
import type { Probe } from "../../model/probe.ts";
import type { Resource } from "../../model/resource.ts";
import { keyPairFiles } from "../key-pair.ts";
import { apacheFiles } from "./apache.ts";
import { cgiRunner } from "./cgi.ts";
import {
  acmePath,
  addressOf,
  canonicalOf,
  fileStem,
  header,
  layOut,
  markerField,
  markerPath,
  markerValue,
  origin,
  type Site,
} from "./layout.ts";
import { hostName, userFor } from "./names.ts";
import { nginxFiles } from "./nginx.ts";
import { phpPool } from "./php.ts";
import { type SiteSpec, siteSpec } from "./schema.ts";
import { takeEdit } from "./take-edit.ts";
import { welcomePage } from "./welcome.ts";

/** A website: host names, what they serve and how, on Apache or nginx. */
export const siteKind = kind<SiteSpec>({
  name: "Site",
  summary: "A website: its host names, what it serves and how, on Apache or nginx.",
  scope: "tenant",
  secrets: ["basicAuth"],
  // They name accounts and files of the host, reach its network, or speak a server's own language.
  takeEdit,
  operatorFields: ["server", "user", "proxy", "movedTo", "trustedProxies", "tls", "logs", "custom"],
  spec: siteSpec,
  normaliseName: hostName,
  check,
  asks,
  claims: ({ name, spec }) => [...new Set([name, ...spec.aliases])].map((each) => `host name ${each}`),
  render,
});

/** What a schema cannot say: how fields go together. */
function check({ name, spec }: Resource<SiteSpec>): SpecIssue[] {
  const issues: SpecIssue[] = [];
  const refuse = (path: SpecIssue["path"], message: string) => issues.push({ path, message });
  const names = new Set([name, ...spec.aliases]);
  const canonical = canonicalOf(name, spec);
  if (canonical && !names.has(canonical.name)) {
    refuse(["canonical"], `"${canonical.name}" is neither the site's name nor one of its aliases; add it to aliases`);
  }
  const user = spec.user ?? userFor(name);
  if (["root", "www-data", "nobody"].includes(user)) {
    refuse(["user"], `no site may run as "${user}"; leave user out, and the site gets an account of its own`);
  }
  if (spec.proxy && spec.php) refuse(["php"], "has no effect with proxy; leave one of them out");
  if (spec.proxy && spec.cgi) refuse(["cgi"], "has no effect with proxy; leave one of them out");
  if (spec.hsts && !spec.tls) refuse(["hsts"], "needs tls: a browser ignores it over http (RFC 6797, 7.2)");
  if (spec.hsts?.preload && !(spec.hsts.includeSubDomains && spec.hsts.maxAge >= 31536000)) {
    refuse(["hsts", "preload"], "needs includeSubDomains: true and a maxAge of at least 31536000");
  }
  if (reservedDirectories.has(spec.root.split("/")[0]!))
    refuse(["root"], `"${spec.root}" is used for something else; take another name, like "htdocs"`);
  const taken = new Set([...Object.values(spec.errorPages), markerPath]);
  for (const [index, { from, to }] of spec.redirects.entries()) {
    if (taken.has(from)) refuse(["redirects", index, "from"], `"${from}" is taken already`);
    taken.add(from);
    if (from.startsWith(acmePath)) refuse(["redirects", index, "from"], "is kept for certificate authorities");
    if (spec.cgi && from === "/cgi-bin/*")
      refuse(["redirects", index, "from"], "is where the site's programs are (cgi)");
    if (to.endsWith("*") && !from.endsWith("*")) refuse(["redirects", index, "to"], "can end in * only if from does");
  }
  for (const [status, path] of Object.entries(spec.errorPages)) {
    if (path.startsWith("/.well-known/") || path === "/" || path.endsWith("/"))
      refuse(["errorPages", status], "must be a file, like /404.html");
  }
  return issues;
}

function asks({ name, spec }: Resource<SiteSpec>): Asked {
  return {
    accounts: [{ value: spec.user ?? userFor(name), path: ["user"] }],
    files: keyPairFiles(spec.tls),
    proxies: spec.trustedProxies.map((value, index) => ({ value, path: ["trustedProxies", index] })),
    custom: spec.custom.slice(0, 1).map((value) => ({ value, path: ["custom"] })),
  };
}

const reservedDirectories = new Set(["log", "cgi-bin", "tmp"]);

function render(resource: Resource<SiteSpec>, facts: Facts): Rendering {
  const { spec } = resource;
  const server = serverFor(spec, facts);
  const site = layOut(resource, server, facts);
  const account = facts.accounts.get(site.user);
  if (account && (account.uid < 1000 || account.uid === 65534)) {
    return {
      items: [],
      needs: [],
      probes: [],
      refused: `the account "${site.user}" belongs to the system (uid ${account.uid}); give the site a user of its own with spec.user`,
    };
  }
  const rendered =
    server === "apache2"
      ? apacheFiles(site)
      : nginxFiles(site, { ipv6: facts.ipv6, http2Directive: atLeast(facts, "nginx", "1.25.1") });
  // What runs programs is gone with the site: nothing is written here any longer.
  const fpm = spec.php && !spec.movedTo ? (spec.php.version ?? defaultPhp(facts)) : undefined;
  return {
    items: [
      { type: "account", name: site.user, home: site.home, shell: "/usr/sbin/nologin", members: ["www-data"] },
      ...directories(site),
      ...Object.entries(rendered.files).map(([path, content]) => systemFile(path, content, server)),
      ...(spec.basicAuth ? [passwordFile(site, spec.basicAuth.users, server)] : []),
      ...(spec.php && fpm
        ? [
            systemFile(
              `/etc/php/${fpm}/fpm/pool.d/upkeep-${fileStem(site.name)}.conf`,
              phpPool(site, spec.php),
              `php${fpm}-fpm`,
            ),
          ]
        : []),
      ...(spec.cgi && !spec.movedTo ? cgiRunner(site, facts.init) : []),
    ],
    needs: needsOf(site, server, fpm),
    probes: probesOf(site, rendered.digest),
    ...(spec.tls && { keyPairs: [spec.tls] }),
    address: addressOf(site),
    hostNames: [...site.exactNames, ...site.wildcardNames],
  };
}

const serverFor = ({ server }: SiteSpec, { webServer }: Facts): "apache2" | "nginx" =>
  server === undefined ? webServer : server === "apache" ? "apache2" : "nginx";

/**
 * Root owns everything down to the site's directory, so that no customer can put a link where root or the server
 * writes; the site's group, to which the web server belongs, may pass, and nobody else.
 */
function directories(site: Site): DirectoryItem[] {
  const { user, spec } = site;
  const byRoot = { type: "directory", madeBy: "root", ifForeign: "refuse" } as const;
  const [first, ...deeper] = spec.root.split("/");
  const top = `${site.directory}/${first}`;
  const seed = { "index.html": welcomePage(site) };
  const theirs = { owner: user, group: user, mode: 0o750, ifForeign: "take" } as const;
  return [
    { ...byRoot, path: site.home, owner: "root", group: user, mode: 0o750, optionalInCheck: true },
    {
      ...byRoot,
      path: site.directory,
      owner: "root",
      group: user,
      mode: 0o750,
      ...(!spec.php && { optionalInCheck: true }),
    },
    { ...byRoot, ...theirs, path: top, optionalInCheck: true, ...(deeper.length === 0 && { seed }) },
    ...deeper.map((_, depth): DirectoryItem => {
      const path = `${top}/${deeper.slice(0, depth + 1).join("/")}`;
      return { ...theirs, type: "directory", madeBy: "owner", path, ...(depth === deeper.length - 1 && { seed }) };
    }),
    {
      ...byRoot,
      path: site.logDirectory,
      owner: "root",
      group: user,
      mode: 0o750,
      ...(spec.logs === "shared" && { optionalInCheck: true }),
    },
    ...(spec.php ? [{ ...byRoot, ...theirs, path: site.temporaryDirectory, mode: 0o700 }] : []),
    ...(spec.cgi ? [{ ...byRoot, ...theirs, path: site.cgiDirectory }] : []),
  ];
}

/** The `user:hash` lines of htpasswd(1). */
function passwordFile(site: Site, users: Readonly<Record<string, string>>, server: string): FileItem {
  const content = [
    ...header(site.name).map((line) => `# ${line}`),
    ...Object.entries(users).map(([user, hash]) => `${user}:${hash}`),
    "",
  ].join("\n");
  return {
    type: "file",
    path: site.passwords,
    content,
    owner: "root",
    group: "www-data",
    mode: 0o640,
    secret: true,
    readBy: server,
  };
}

function needsOf(site: Site, server: "apache2" | "nginx", php: string | undefined): string[] {
  const { spec } = site;
  // Apache opens a log once for every virtual host that names it, nginx once.
  const hosts = server === "nginx" ? 1 : (spec.tls ? 2 : 1) * (site.wildcardNames.length > 0 ? 2 : 1);
  return [
    server,
    ...(spec.tls ? [`${server} tls`] : []),
    ...(spec.proxy || spec.movedTo ? [`${server} proxy`] : []),
    ...(spec.movedTo && spec.tls ? [`${server} tls`] : []),
    ...(spec.trustedProxies.length > 0 ? [`${server} trusted proxies`] : []),
    ...(spec.proxy?.startsWith("https:") ? [`${server} tls`] : []),
    ...(spec.php || spec.cgi ? [`${server} fastcgi`] : []),
    ...(spec.basicAuth ? [`${server} auth`] : []),
    ...(spec.logs === "shared" ? [`${server} shared`] : Array.from({ length: 2 * hosts }, () => `${server} log`)),
    ...(php ? [`php${php}-fpm`] : []),
    ...(spec.cgi && !spec.movedTo ? ["cgi"] : []),
  ];
}

function probesOf(site: Site, digest: string): Probe[] {
  const { spec, ports, canonical } = site;
  const scheme = spec.tls ? "https" : "http";
  const served = canonical ? canonical.name : site.name;
  const ask = (
    hostName: string,
    path: string,
    expect: Probe["expect"],
    says: string,
    by: "http" | "https" = scheme,
  ): Probe => ({
    says,
    scheme: by,
    port: ports[by],
    hostName,
    path,
    expect,
  });
  const elsewhere = canonical
    ? [...site.exactNames, ...site.wildcardNames].find((name) => name !== canonical.name)
    : undefined;
  const home = `${origin(scheme, served, ports)}/`;
  const marked = ask(
    served,
    markerPath,
    { status: 204, headers: { [markerField]: markerValue(site, digest) } },
    `${site.name} answers with this configuration`,
  );
  if (spec.movedTo)
    return [marked, ask(served, "/", { notStatus: [502, 503, 504] }, `${home} answers on ${spec.movedTo}`)];
  return [
    marked,
    ...(spec.proxy
      ? []
      : [ask(served, "/", { notStatus: spec.php ? [502, 503, 504] : [500, 502, 503, 504] }, `${home} answers`)]),
    ...(canonical && elsewhere
      ? [
          ask(
            elsewhere.replace("*", "upkeep-probe"),
            "/",
            { status: canonical.status, headers: { location: home } },
            `${elsewhere} redirects to ${home}`,
          ),
        ]
      : []),
    ...(spec.tls
      ? [
          ask(
            served,
            "/",
            { status: canonical ? canonical.status : 308, headers: { location: home } },
            `http redirects to ${home}`,
            "http",
          ),
        ]
      : []),
  ];
}
