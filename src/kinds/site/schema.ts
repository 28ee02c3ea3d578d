import { z } from "zod";
import { absolutePath, address, network, resolved } from "../values.ts";
import { hostName, hostPattern } from "./names.ts";

/*
 * What a value may hold is decided here, so that both servers' languages can express it. `\0`, line breaks and `${`
 * (which Apache replaces before it looks at quotes) are refused everywhere.
 */

const name = resolved(hostName, "name").meta({ example: "www.shop.example.com" });
const pattern = resolved(hostPattern, "name").meta({ example: "*.shop.example.com" });

const relativePath = z
  .string()
  .max(255)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/,
    'must be a path inside the site, like "htdocs" or "app/public"',
  );

const urlPath = z
  .string()
  .max(1024)
  .regex(/^\/[A-Za-z0-9._~/-]*$/, 'must be a path on the site, like "/404.html"')
  .refine((path) => !path.split("/").includes(".."), "must not contain ..");

const headerName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9-]+$/, "must be letters, digits and dashes")
  .refine((header) => !framing.has(header.toLowerCase()), "is set by the server itself");
const framing = new Set(["content-length", "transfer-encoding", "connection", "upkeep-site", "date", "server"]);

const headerValue = z
  .string()
  .max(8000)
  .regex(/^[\x20-\x7e]*$/, "must be printable ASCII on one line")
  .refine((value) => !value.includes("${"), 'must not contain "${": Apache would replace it')
  .refine((value) => !/^expr=/i.test(value), 'must not begin with "expr=": Apache would compute it');

const printable = z
  .string()
  .min(1)
  .max(120)
  .regex(/^[\x20-\x7e]+$/, "must be printable ASCII on one line")
  .refine((value) => !/["\\]/.test(value) && !value.includes("${"), 'must not contain ", \\ or ${');

const userName = z
  .string()
  .max(32)
  .regex(/^[a-z_][a-z0-9_-]*$/, "must be an account name: lower-case letters, digits, dashes, underscores");

const method = z
  .string()
  .max(32)
  .regex(/^[A-Z]+$/, 'must be a request method in capitals, like "GET"');

const redirectStatus = z.union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)], {
  error: "must be 301, 302, 303, 307 or 308",
});

const redirectTarget = z
  .string()
  .max(2000)
  .regex(/^(https?:\/\/[A-Za-z0-9.:[\]-]+)?\/[A-Za-z0-9._~:/?#[\]@!&()+,;=%-]*\*?$/, {
    error: 'must be a path or an http(s) address; write "$" as %24 and a quote as %27',
  });

const size = z.string().regex(/^[1-9][0-9]{0,5}[KMG]$/, 'must be a size like "128M"');

const phpVersion = z.string().regex(/^[578]\.[0-9]$/, 'must be a version like "8.2" (in quotes)');

const phpSpec = z.strictObject({
  version: phpVersion.optional().describe("Default: what the host has, else what its release ships."),
  children: z.int().min(1).max(1000).default(8).describe("Most requests worked on at once."),
  memory: size.default("256M").describe("Memory limit of one request."),
  upload: size.default("64M").describe("Largest upload."),
  seconds: z.int().min(1).max(86400).default(60).describe("Longest run of one request, in seconds."),
});

/** Upstreams both servers understand: `http://127.0.0.1:3000`, `https://app.example.net/base/`, `unix:/run/app.sock`. */
const upstream = z
  .string()
  .max(500)
  .regex(
    /^(https?:\/\/([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?(\/[A-Za-z0-9._~/-]*)?|unix:(\/[A-Za-z0-9._@+-]+)+)$/,
    'must be like "http://127.0.0.1:3000" or "unix:/run/app.sock"',
  )
  .refine((url) => Number(/:(\d+)(\/|$)/.exec(url)?.[1] ?? 1) <= 65535, "has a port above 65535");

/** The bcrypt of crypt(5): both servers verify it. */
const bcryptHash = z
  .string()
  .regex(/^\$2[aby]\$(0[4-9]|1[0-9])\$[./A-Za-z0-9]{53}$/, "must be a bcrypt hash; `upkeep hash-password` makes one");

const status = z.coerce.number().pipe(z.int().min(400).max(599));

export const siteSpec = z.strictObject({
  server: z
    .enum(["apache", "nginx"])
    .optional()
    .describe("The web server. Default: what the host runs, else Apache is installed."),
  aliases: z.array(pattern).max(1000).default([]).describe("Further host names; `*.example.com` covers all below it."),
  canonical: z
    .union([
      z.literal(false),
      name.transform((canonical) => ({ name: canonical, status: 308 as const })),
      z.strictObject({ name: name.optional(), status: redirectStatus.default(308) }),
    ])
    .optional()
    .describe(
      "The name to which all others redirect (308 unless `{name, status}` says otherwise). Default: the site's name. `false` serves every name.",
    ),
  user: userName
    .optional()
    .describe("The account that owns the site; made if missing. Default: derived from the name."),
  root: relativePath.default("htdocs").describe("Document root inside the site's directory."),
  cgi: z.boolean().default(false).describe("`cgi-bin/` executes, as the site's user."),
  php: z
    .union([z.boolean(), phpVersion.transform((version) => ({ ...phpSpec.parse({}), version })), phpSpec], {
      error: 'must be true, a version like "8.2" (in quotes), or {version, children, memory, upload, seconds}',
    })
    .default(false)
    .transform((php) => (php === true ? phpSpec.parse({}) : php))
    .describe("A PHP-FPM pool of its own, running as the site's user: `true`, a version, or limits."),
  proxy: upstream
    .optional()
    .describe("Pass requests to an http(s) or `unix:` upstream instead of serving files. WebSocket works."),
  movedTo: address
    .optional()
    .describe(
      "The site is on the host with this address now: every request, by http and https, is passed there as it came. What else the record says is for the day it comes back.",
    ),
  trustedProxies: z
    .array(network)
    .max(1000)
    .default([])
    .describe("Proxies in front: of their requests the visitor is the last address in X-Forwarded-For."),
  methods: z
    .array(method)
    .min(1)
    .max(40)
    .optional()
    .describe("Allowed request methods; others get 405. Default: GET, HEAD, POST; with `proxy`, all."),
  errorPages: z.record(status, urlPath).default({}).describe("Status to a path on the site: `404: /404.html`."),
  allow: z.array(network).max(1000).default([]).describe("Only these addresses and networks get in."),
  deny: z.array(network).max(1000).default([]).describe("These addresses and networks do not get in."),
  headers: z.record(headerName, headerValue).default({}).describe("Response headers, set on every response."),
  hsts: z
    .strictObject({
      maxAge: z
        .int()
        .min(0)
        .max(63072000 * 5)
        .default(31536000)
        .describe("Seconds a browser insists on https."),
      includeSubDomains: z.boolean().default(false).describe("Also for every name below."),
      preload: z.boolean().default(false).describe("Consent to the browsers' built-in lists."),
    })
    .optional()
    .describe("Strict-Transport-Security (RFC 6797); needs `tls`."),
  redirects: z
    .array(
      z.strictObject({
        from: z
          .string()
          .max(1024)
          .regex(/^\/[A-Za-z0-9._~/-]*\*?$/, 'must be a path, like "/old", or a prefix ending in *')
          .describe("A path; with `*` at the end, all that begins with it."),
        to: redirectTarget.describe("A path or address; with `*` at the end, the rest is appended."),
        status: redirectStatus.default(301).describe("Default 301."),
      }),
    )
    .max(1000)
    .default([])
    .describe(
      "Answers that send visitors elsewhere; an exact path goes before a prefix, a long prefix before a short one.",
    ),
  tls: z
    .strictObject({
      certificate: absolutePath.describe("PEM file with the certificate and its chain."),
      key: absolutePath.describe("PEM file with the private key."),
    })
    .optional()
    .describe("Serve https with this certificate; http then redirects to it."),
  basicAuth: z
    .strictObject({
      realm: printable.default("Restricted").describe("What the browser shows when it asks."),
      users: z
        .record(
          z
            .string()
            .max(64)
            .regex(/^[A-Za-z0-9._@+-]+$/, "must be letters, digits and ._@+-"),
          bcryptHash,
        )
        .refine((users) => Object.keys(users).length > 0, "needs at least one user")
        .describe("User to bcrypt hash; `upkeep hash-password` makes one."),
    })
    .optional()
    .describe("Ask for a user name and password (RFC 7617)."),
  logs: z
    .enum(["own", "shared"])
    .default("own")
    .describe("`own`: log files per site. `shared`: one log, split per site by Upkeep; for thousands of sites."),
  custom: z
    .array(
      z
        .string()
        .max(65536)
        .regex(/^[^\n\r\0]*$/, "must be one line"),
    )
    .max(1000)
    .default([])
    .describe("Lines for the server's own configuration, as they are. For operators only."),
});

export type SiteSpec = z.output<typeof siteSpec>;
