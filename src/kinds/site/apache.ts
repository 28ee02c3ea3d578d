import { type ApacheNode, bare, directive, printApache, raw, section } from "../../daemons/apache/config.ts";
import { literally } from "../../daemons/literally.ts";
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
  sign,
  urlHost,
} from "./layout.ts";
import type { SiteSpec } from "./schema.ts";

type Redirect = SiteSpec["redirects"][number];

/** The site's files under `/etc/apache2/upkeep`: path to content, and the digest its probe looks for. */
export function apacheFiles(site: Site): { readonly files: Readonly<Record<string, string>>; readonly digest: string } {
  const stem = fileStem(site.name);
  const groups = [site.exactNames, ...(site.wildcardNames.length > 0 ? [site.wildcardNames] : [])];
  const {
    digest,
    texts: [exact, wildcard],
  } = sign(
    site,
    groups.map((names) => printApache(apacheTree(site, names))),
  );
  return {
    digest,
    files: {
      [`/etc/apache2/upkeep/${stem}.conf`]: exact!,
      // Apache takes the first host that matches, so patterns come after every exact name, the narrowest first.
      ...(wildcard !== undefined && { [`/etc/apache2/upkeep/wildcard/${rank(site)}-${stem}.conf`]: wildcard }),
    },
  };
}

const rank = (site: Site): string =>
  String(200 - Math.max(...site.wildcardNames.map((name) => name.split(".").length))).padStart(3, "0");

export function apacheTree(site: Site, names: readonly string[]): ApacheNode[] {
  const identity = [
    directive("ServerName", site.name),
    directive("AllowEncodedSlashes", "NoDecode"),
    ...names.filter((name) => name !== site.name).map((name) => directive("ServerAlias", name)),
    ...logs(site),
  ];
  const { http, https } = site.ports;
  const { tls, movedTo } = site.spec;
  const answers = (scheme: "http" | "https") =>
    movedTo === undefined ? content(site, scheme) : passedOn(site, movedTo, scheme);
  const isSentOn = tls !== undefined && movedTo === undefined;
  const plain = section("VirtualHost", [`*:${http}`], [...identity, ...(isSentOn ? toHttps(site) : answers("http"))]);
  if (!tls) return [plain];
  const secure = section(
    "VirtualHost",
    [`*:${https}`],
    [
      ...identity,
      directive("SSLEngine", "on"),
      directive("SSLCertificateFile", tls.certificate),
      directive("SSLCertificateKeyFile", tls.key),
      directive("SSLProtocol", "-all", "+TLSv1.2", "+TLSv1.3"),
      directive("Protocols", "h2", "http/1.1"),
      ...answers("https"),
    ],
  );
  return [plain, secure];
}

function logs(site: Site): ApacheNode[] {
  if (site.spec.logs === "shared") return [directive("ErrorLogFormat", "[%v] [%t] [%l] [client %a] %M")];
  return [
    directive("ErrorLog", `${site.logDirectory}/error.log`),
    directive("CustomLog", `${site.logDirectory}/access.log`, "combined"),
  ];
}

function toHttps(site: Site): ApacheNode[] {
  const target = site.canonical
    ? origin("https", site.canonical.name, site.ports)
    : origin("https", "%{SERVER_NAME}", site.ports);
  return [
    directive("RewriteEngine", "on"),
    ...maintenance(site),
    directive("RewriteCond", bare("%{REQUEST_URI}"), bare(`!^${literally(acmePath)}`)),
    ...sendTo(target, site.canonical ? site.canonical.status : 308),
    directive("DocumentRoot", site.documentRoot),
    directory(site),
  ];
}

/** All that comes is for another host, which decides about everything. */
function passedOn(site: Site, address: string, scheme: "http" | "https"): ApacheNode[] {
  const target = `${origin(scheme, urlHost(address), site.ports)}/`;
  return [
    directive("RewriteEngine", "on"),
    ...marker(site),
    ...maintenance(site),
    ...(scheme === "https"
      ? [
          directive("SSLProxyEngine", "on"),
          // It is asked for by its address, and shows the certificate of the site.
          directive("SSLProxyCheckPeerName", "off"),
        ]
      : []),
    directive("ProxyPreserveHost", "on"),
    directive("RequestHeader", "set", "X-Forwarded-Proto", scheme),
    // A connection that is kept could be closed over there in the moment in which it is used again.
    directive("ProxyPass", "/", target, "nocanon", "retry=0", "disablereuse=on", "upgrade=websocket"),
  ];
}

/** All that decides an answer, in the order in which it decides. */
function content(site: Site, scheme: "http" | "https"): ApacheNode[] {
  const { spec } = site;
  return [
    ...trust(spec),
    directive("RewriteEngine", "on"),
    ...marker(site),
    ...maintenance(site),
    ...canonicalRedirect(site, scheme),
    ...methodRules(site),
    ...bySpecificity(spec.redirects).flatMap(redirectRules),
    ...(spec.proxy ? [] : hiddenFiles),
    ...Object.entries(spec.headers).map(([name, value]) =>
      // Header takes `%` for the start of a format.
      directive("Header", "always", "set", name, value.replaceAll("%", "%%")),
    ),
    ...(scheme === "https" && hstsValue(spec)
      ? [directive("Header", "always", "set", "Strict-Transport-Security", hstsValue(spec)!)]
      : []),
    ...Object.entries(spec.errorPages).map(([status, path]) => directive("ErrorDocument", status, path)),
    directive("DocumentRoot", site.documentRoot),
    directory(site),
    ...access(site),
    ...(spec.php ? php(site) : []),
    ...(spec.cgi ? cgi(site) : []),
    ...(spec.proxy ? proxy(site, spec.proxy, scheme) : []),
    ...spec.custom.map(raw),
  ];
}

/** Whoever is not on this machine learns nothing of it. */
const forThisMachine: readonly ApacheNode[] = [
  directive("RewriteCond", bare("%{REMOTE_ADDR}"), bare("^(127\\.|::1$)")),
  directive("RewriteRule", bare(`^${literally(markerPath)}$`), bare("-"), bare("[R=204,L]")),
];

function marker(site: Site): ApacheNode[] {
  return [
    ...forThisMachine,
    directive("Header", "always", "set", markerHeader, markerValue(site), `expr=%{REQUEST_URI} == '${markerPath}'`),
  ];
}

/** Where maintenances of this site, of all below a domain and of all sites put their switches. */
const maintenance = (site: Site): ApacheNode[] =>
  maintenanceKeys(site).map((key) => directive("IncludeOptional", `/etc/apache2/upkeep/maintenance/${key}/*.conf`));

function canonicalRedirect(site: Site, scheme: "http" | "https"): ApacheNode[] {
  if (!site.canonical || (site.exactNames.length === 1 && site.wildcardNames.length === 0)) return [];
  const { name, status } = site.canonical;
  return [
    directive("RewriteCond", bare("%{REQUEST_URI}"), bare(`!^${literally(acmePath)}`)),
    directive("RewriteCond", bare("%{HTTP_HOST}"), bare(`!^${literally(name)}(:[0-9]+)?$`), bare("[NC]")),
    ...sendTo(origin(scheme, name, site.ports), status),
  ];
}

/**
 * Redirects with the path as it was sent: taken from the request line, so that nothing is decoded and encoded again, and
 * nothing decoded can slip into the Location header. The query follows by itself.
 */
const sendTo = (target: string, status: number): ApacheNode[] => [
  directive("RewriteCond", bare("%{THE_REQUEST}"), bare("^\\S+\\s(?:https?://[^/\\s]*)?(/[^?\\s]*)")),
  directive("RewriteRule", bare("^"), bare(`${target}%1`), bare(`[R=${status},NE,L]`)),
];

const trust = ({ trustedProxies }: SiteSpec): ApacheNode[] =>
  trustedProxies.length === 0
    ? []
    : [directive("RemoteIPHeader", "X-Forwarded-For"), directive("RemoteIPInternalProxy", ...trustedProxies)];

function methodRules({ methods }: Site): ApacheNode[] {
  if (!methods) return [];
  return [
    directive("RewriteCond", bare("%{REQUEST_METHOD}"), bare(`!^(${methods.join("|")})$`)),
    directive("RewriteRule", bare("^"), bare("-"), bare("[R=405,L]")),
    // RFC 9110, 15.5.6: a 405 names what is allowed. Apache adds an empty line of its own, which recipients ignore (5.6.1).
    directive("Header", "always", "set", "Allow", methods.join(", "), "expr=%{REQUEST_STATUS} == 405"),
  ];
}

/** Exact paths before prefixes, long prefixes before short ones: the order in which nginx chooses. */
const bySpecificity = (redirects: readonly Redirect[]): readonly Redirect[] => {
  const rank = ({ from }: Redirect) => (from.endsWith("*") ? from.length : 10_000);
  return redirects.toSorted((one, other) => rank(other) - rank(one));
};

function redirectRules({ from, to, status }: Redirect): ApacheNode[] {
  const flags = bare(`[R=${status},NE,L]`);
  // mod_rewrite takes `$1` and `%1` in a substitution for what was matched.
  const target = (text: string) => text.replace(/[$%\\]/g, "\\$&");
  if (!from.endsWith("*")) return [directive("RewriteRule", bare(`^${literally(from)}$`), bare(target(to)), flags)];
  const prefix = literally(from.slice(0, -1));
  if (!to.endsWith("*")) return [directive("RewriteRule", bare(`^${prefix}`), bare(target(to)), flags)];
  return [
    // The rest is taken from the request line as it was sent: nothing decoded can slip into the Location header.
    directive("RewriteCond", bare("%{THE_REQUEST}"), bare(`^\\S+\\s${prefix}([^?\\s]*)`)),
    directive("RewriteRule", bare(`^${prefix}`), bare(`${target(to.slice(0, -1))}%1`), flags),
  ];
}

/** `.git`, `.env` and their like are never served. */
const hiddenFiles: readonly ApacheNode[] = [
  directive("RewriteRule", bare("/\\.(?!well-known/)"), bare("-"), bare("[R=404,L]")),
];

/** From the site's directory down, which is root's, so that a document root that is a link itself is looked at, too. */
function directory(site: Site): ApacheNode {
  return section(
    "Directory",
    [site.directory],
    [
      // A customer's link leads only to what the customer owns.
      directive("Options", "-Indexes", "-FollowSymLinks", "+SymLinksIfOwnerMatch"),
      directive("AllowOverride", "None"),
      directive("Require", "all", "granted"),
      ...(site.spec.php ? [directive("DirectoryIndex", "index.php", "index.html")] : []),
    ],
  );
}

function access(site: Site): ApacheNode[] {
  const { allow, deny, basicAuth } = site.spec;
  const rules: ApacheNode[] = [
    ...(allow.length > 0
      ? [section("RequireAny", [], [directive("Require", "ip", ...allow)])]
      : [directive("Require", "all", "granted")]),
    ...(deny.length > 0 ? [section("RequireNone", [], [directive("Require", "ip", ...deny)])] : []),
    ...(basicAuth ? [directive("Require", "valid-user")] : []),
  ];
  const asking = basicAuth
    ? [
        directive("AuthType", "Basic"),
        directive("AuthName", basicAuth.realm),
        directive("AuthBasicProvider", "file"),
        directive("AuthUserFile", site.passwords),
      ]
    : [];
  return [
    section("Location", ["/"], [...asking, section("RequireAll", [], rules)]),
    // Error pages and certificate challenges are for everyone.
    ...(allow.length + deny.length > 0 || basicAuth
      ? [acmePath, ...errorPaths(site)].map((path) =>
          section("Location", [path], [directive("Require", "all", "granted")]),
        )
      : []),
  ];
}

function php(site: Site): ApacheNode[] {
  return [
    section(
      "FilesMatch",
      ["\\.php$"],
      [
        section(
          "If",
          [`-f %{REQUEST_FILENAME}`],
          [directive("SetHandler", `proxy:unix:${site.phpSocket}|fcgi://localhost`)],
        ),
      ],
    ),
  ];
}

function cgi(site: Site): ApacheNode[] {
  return [
    directive("Alias", "/cgi-bin/", `${site.cgiDirectory}/`),
    section(
      "Directory",
      [site.cgiDirectory],
      [
        directive("Options", "None"),
        directive("AllowOverride", "None"),
        directive("Require", "all", "granted"),
        directive("ProxyFCGIBackendType", "GENERIC"),
        section(
          "If",
          [`-f %{REQUEST_FILENAME}`],
          [directive("SetHandler", `proxy:unix:${site.cgiSocket}|fcgi://localhost`)],
        ),
      ],
    ),
  ];
}

function proxy(site: Site, upstream: string, scheme: "http" | "https"): ApacheNode[] {
  const target = upstream.startsWith("unix:") ? `${upstream}|http://localhost/` : upstream.replace(/\/?$/, "/");
  return [
    ...[acmePath, ...errorPaths(site)].map((path) => directive("ProxyPass", path, "!")),
    ...(target.startsWith("https:") ? [directive("SSLProxyEngine", "on")] : []),
    directive("ProxyPreserveHost", "on"),
    directive("RequestHeader", "set", "X-Forwarded-Proto", scheme),
    directive("ProxyPass", "/", target, "retry=0", "upgrade=websocket"),
    ...(upstream.startsWith("unix:") ? [] : [directive("ProxyPassReverse", "/", target)]),
  ];
}
