import { literally } from "../../daemons/literally.ts";
import { block, directive, expression, type NginxNode, printNginx, raw, verbatim } from "../../daemons/nginx/config.ts";
import {
  acmePath,
  errorPaths,
  fileStem,
  hstsValue,
  maintenanceKeys,
  markerHeader,
  markerPath,
  markerValue,
  origin,
  type Site,
  sharedLog,
  sign,
  urlHost,
} from "./layout.ts";
import type { SiteSpec } from "./schema.ts";

type Redirect = SiteSpec["redirects"][number];

/** What of the host decides how nginx has to be told. */
export interface NginxHost {
  readonly ipv6: boolean;
  /** nginx >= 1.25.1 has `http2 on`; before, it is a word of `listen`. */
  readonly http2Directive: boolean;
}

/** The site's files under `/etc/nginx/upkeep`: path to content, and the digest its probe looks for. */
export function nginxFiles(
  site: Site,
  host: NginxHost,
): { readonly files: Readonly<Record<string, string>>; readonly digest: string } {
  const { digest, texts } = sign(site, [printNginx(nginxTree(site, host))]);
  return { digest, files: { [`/etc/nginx/upkeep/${fileStem(site.name)}.conf`]: texts[0]! } };
}

export function nginxTree(site: Site, host: NginxHost): NginxNode[] {
  const { tls, movedTo } = site.spec;
  const all = [...site.exactNames, ...site.wildcardNames];
  const served = site.canonical ? [site.canonical.name] : all;
  const redirected = all.filter((name) => !served.includes(name));
  const server = (scheme: "http" | "https", names: readonly string[], body: readonly NginxNode[]) =>
    block(
      "server",
      [],
      [...listen(site, host, scheme), directive("server_name", ...names), ...logs(site), ...maintenance(site), ...body],
    );
  const scheme = tls ? "https" : "http";
  if (movedTo !== undefined)
    return (tls ? (["http", "https"] as const) : (["http"] as const)).map((each) =>
      server(each, all, passedOn(site, movedTo, each)),
    );
  return [
    ...(tls ? [server("http", all, sendTo(site, site.canonical ? site.canonical.name : "$host"))] : []),
    ...(redirected.length > 0 && site.canonical ? [server(scheme, redirected, sendTo(site, site.canonical.name))] : []),
    server(scheme, served, content(site, scheme)),
  ];
}

/** Where maintenances of this site, of all below a domain and of all sites put their switches. */
const maintenance = (site: Site): NginxNode[] =>
  maintenanceKeys(site).map((key) => directive("include", `/etc/nginx/upkeep/maintenance/${key}/*.conf`));

/** All that comes is for another host, which decides about everything. */
const passedOn = (site: Site, address: string, scheme: "http" | "https"): NginxNode[] => [
  directive("client_max_body_size", "0"),
  directive("proxy_request_buffering", "off"),
  marker(site),
  proxy(origin(scheme, urlHost(address), site.ports), scheme, [
    ...(scheme === "https"
      ? [directive("proxy_ssl_server_name", "on"), directive("proxy_ssl_name", expression("$host"))]
      : []),
  ]),
];

function listen({ ports, spec }: Site, host: NginxHost, scheme: "http" | "https"): NginxNode[] {
  const words = scheme === "https" ? ["ssl", ...(host.http2Directive ? [] : ["http2"])] : [];
  return [
    directive("listen", String(ports[scheme]), ...words),
    ...(host.ipv6 ? [directive("listen", `[::]:${ports[scheme]}`, ...words)] : []),
    ...(scheme === "https" && spec.tls
      ? [
          ...(host.http2Directive ? [directive("http2", "on")] : []),
          directive("ssl_certificate", spec.tls.certificate),
          directive("ssl_certificate_key", spec.tls.key),
          directive("ssl_protocols", "TLSv1.2", "TLSv1.3"),
        ]
      : []),
  ];
}

function logs(site: Site): NginxNode[] {
  if (site.spec.logs === "shared") return [directive("access_log", sharedLog("nginx"), "upkeep_shared")];
  return [
    directive("access_log", `${site.logDirectory}/access.log`, "combined"),
    directive("error_log", `${site.logDirectory}/error.log`),
  ];
}

/** A server that only sends visitors on; certificate challenges are still answered here. */
function sendTo(site: Site, name: string): NginxNode[] {
  const target = `${origin(site.spec.tls ? "https" : "http", name, site.ports)}$request_uri`;
  const status = site.canonical ? site.canonical.status : 308;
  return [
    directive("root", site.documentRoot),
    challenges,
    block("location", ["/"], [directive("return", String(status), expression(target))]),
  ];
}

/** Lets everyone in, whatever the site demands elsewhere. */
const open: readonly NginxNode[] = [directive("auth_basic", "off"), directive("allow", "all")];

const challenges = block("location", ["^~", acmePath], [...open, directive("try_files", expression("$uri"), "=404")]);

/** All that decides an answer. */
function content(site: Site, scheme: "http" | "https"): NginxNode[] {
  const { spec } = site;
  const bodyLimit = spec.php ? spec.php.upload : spec.proxy ? "0" : undefined;
  const takesAll = spec.redirects.some(({ from }) => from === "/*");
  return [
    ...trust(spec),
    directive("root", site.documentRoot),
    // A customer's link leads only to what the customer owns.
    directive("disable_symlinks", "if_not_owner", `from=${site.directory}`),
    directive("index", ...(spec.php ? ["index.php"] : []), "index.html"),
    ...(bodyLimit ? [directive("client_max_body_size", bodyLimit)] : []),
    ...methodRules(site),
    ...headers(spec, scheme),
    ...Object.entries(spec.errorPages).map(([status, path]) => directive("error_page", status, path)),
    ...access(site),
    marker(site),
    challenges,
    ...errorPageLocations(site),
    ...spec.redirects.map(redirect),
    ...(spec.proxy ? [] : [hiddenFiles]),
    ...(spec.cgi ? [cgi(site)] : []),
    ...(spec.php ? [php(site, spec.php)] : []),
    ...(spec.proxy && !takesAll ? [proxy(spec.proxy, scheme)] : []),
    ...spec.custom.map(raw),
  ];
}

/** Where a page is missing, the visitor still gets the status that it was for, and not the 404 of the page. */
function errorPageLocations(site: Site): NginxNode[] {
  const paths = errorPaths(site);
  if (paths.length === 0) return [];
  const answers = Object.keys(site.spec.errorPages).map((status) =>
    block("if", [expression("($status"), "=", status, ")"], [directive("return", status)]),
  );
  return [
    ...paths.map((path) =>
      block("location", ["=", path], [...open, directive("try_files", expression("$uri"), "@upkeep_plain")]),
    ),
    block("location", ["@upkeep_plain"], [...answers, directive("return", "404")]),
  ];
}

function marker(site: Site): NginxNode {
  return block(
    "location",
    ["=", markerPath],
    [
      block("if", [expression("($remote_addr"), "!~", expression("^(127\\.|::1$)"), ")"], [directive("return", "404")]),
      directive("add_header", markerHeader, markerValue(site), "always"),
      directive("return", "204"),
    ],
  );
}

const trust = ({ trustedProxies }: SiteSpec): NginxNode[] =>
  trustedProxies.length === 0
    ? []
    : [
        ...trustedProxies.map((network) => directive("set_real_ip_from", network)),
        directive("real_ip_header", "X-Forwarded-For"),
      ];

function methodRules({ methods }: Site): NginxNode[] {
  if (!methods) return [];
  return [
    // RFC 9110, 15.5.6: a 405 names what is allowed. The base configuration's map empties it for every other status.
    directive("set", expression("$upkeep_methods"), methods.join(", ")),
    directive("add_header", "Allow", expression("$upkeep_allow"), "always"),
    block(
      "if",
      [expression("($request_method"), "!~", expression(`^(${methods.join("|")})$`), ")"],
      [directive("return", "405")],
    ),
  ];
}

function headers(spec: SiteSpec, scheme: "http" | "https"): NginxNode[] {
  const hsts = scheme === "https" ? hstsValue(spec) : undefined;
  return [
    ...Object.entries(spec.headers).map(([name, value]) =>
      directive("add_header", name, expression(verbatim(value)), "always"),
    ),
    ...(hsts ? [directive("add_header", "Strict-Transport-Security", hsts, "always")] : []),
  ];
}

function access(site: Site): NginxNode[] {
  const { allow, deny, basicAuth } = site.spec;
  return [
    ...deny.map((network) => directive("deny", network)),
    ...allow.map((network) => directive("allow", network)),
    ...(allow.length > 0 ? [directive("deny", "all")] : []),
    ...(basicAuth
      ? [
          directive("auth_basic", expression(verbatim(basicAuth.realm))),
          directive("auth_basic_user_file", site.passwords),
        ]
      : []),
  ];
}

function redirect({ from, to, status }: Redirect): NginxNode {
  const answer = (target: string) => directive("return", String(status), expression(target));
  if (!from.endsWith("*"))
    return block("location", ["=", from], [answer(to.includes("?") ? to : `${to}$is_args$args`)]);
  const prefix = from.slice(0, -1);
  if (!to.endsWith("*"))
    return block("location", ["^~", prefix], [answer(to.includes("?") ? to : `${to}$is_args$args`)]);
  const base = to.slice(0, -1);
  return block(
    "location",
    ["^~", prefix],
    [
      // The rest is taken from the request line as it was sent: nothing decoded can slip into the Location header.
      block(
        "if",
        [expression("($request_uri"), "~", expression(`^${literally(prefix)}([^?]*)`), ")"],
        [answer(`${base}$1$is_args$args`)],
      ),
      answer(base),
    ],
  );
}

/** `.git`, `.env` and their like are never served. */
const hiddenFiles = block("location", ["~", "/\\.(?!well-known/)"], [directive("return", "404")]);

function cgi(site: Site): NginxNode {
  return block(
    "location",
    ["^~", "/cgi-bin/"],
    [
      directive("root", site.directory),
      directive("include", "fastcgi_params"),
      directive("fastcgi_pass", `unix:${site.cgiSocket}`),
    ],
  );
}

function php(site: Site, { seconds }: Exclude<SiteSpec["php"], false>): NginxNode {
  return block(
    "location",
    ["~", expression("[^/]\\.php$")],
    [
      directive("try_files", expression("$uri"), "=404"),
      directive("include", "fastcgi.conf"),
      directive("fastcgi_read_timeout", `${seconds + 10}s`),
      directive("fastcgi_pass", `unix:${site.phpSocket}`),
    ],
  );
}

function proxy(upstream: string, scheme: "http" | "https", more: readonly NginxNode[] = []): NginxNode {
  return block(
    "location",
    ["/"],
    [
      directive("proxy_pass", upstream.startsWith("unix:") ? `http://${upstream}` : upstream),
      directive("proxy_http_version", "1.1"),
      directive("proxy_set_header", "Host", expression("$http_host")),
      directive("proxy_set_header", "Upgrade", expression("$http_upgrade")),
      directive("proxy_set_header", "Connection", expression("$upkeep_connection")),
      directive("proxy_set_header", "X-Forwarded-For", expression("$proxy_add_x_forwarded_for")),
      directive("proxy_set_header", "X-Forwarded-Proto", scheme),
      ...more,
    ],
  );
}
