import { z } from "zod";
import { hostPattern } from "../site/names.ts";
import { absolutePath, headerName, network, resolved } from "../values.ts";
import { moment } from "./moment.ts";

const pattern = resolved(hostPattern, "name").meta({ example: "*.example.org" });

const time = resolved(moment, "at").meta({ example: "2026-11-21 22:00 Europe/Berlin" });

/** Text of a person's own, on one line; it goes into pages, JSON and plain text, each with its own quoting. */
const words = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, "must be text on one line");

const keptPath = z
  .string()
  .max(1000)
  .regex(/^\/[A-Za-z0-9._~/-]*$/, 'must be a path like "/healthz", or all below one, like "/status/"')
  .refine((path) => path !== "/", 'would keep the whole site up; leave it out, or say "/status/"')
  .refine((path) => !/\/\.\.?(\/|$)/.test(path), "must not contain . or ..");

const port = z.int().min(1).max(65535);

/** What may be said instead of 503. Nothing of it is ever taken for the site itself. */
export const statuses = {
  403: "Forbidden",
  404: "Not Found",
  410: "Gone",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
} as const;

const status = z
  .int()
  .refine(
    (code): code is keyof typeof statuses => code in statuses,
    `must be one of ${Object.keys(statuses).join(", ")}`,
  );

const days = 86_400;

export const maintenanceSpec = z.strictObject({
  sites: z
    .union([z.literal("all"), z.array(pattern).min(1).max(20_000)], {
      error: 'must be "all" or a list of sites, like [shop.example.com, "*.example.org"]',
    })
    .default("all")
    .describe("Names of sites, `*.example.org` for every site below it, or `all`. With `server`: host names."),
  server: z
    .enum(["apache", "nginx", "varnish", "lighttpd", "haproxy", "caddy"])
    .optional()
    .describe(
      "A server of this machine whose sites are not Upkeep's. Its configuration gets one include line. Default: Upkeep's own sites.",
    ),
  mode: z
    .enum(["answer", "redirect-port"])
    .default("answer")
    .describe(
      "`answer`: the server itself looks at the switch. `redirect-port`: nftables sends everyone else's connections to a port of Apache's that only has the page; the server on the usual ports is not touched.",
    ),
  active: z.boolean().optional().describe("On or off. Default: off; with a window, on while it lasts."),
  from: time.optional().describe("When it begins by itself: `2026-11-21 22:00 Europe/Berlin`."),
  until: time.optional().describe("When it ends by itself. Retry-After and the page tell it."),
  page: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      "The page: an HTML file or a directory, relative to this file, or the name of one in `/etc/upkeep/pages/`. Everything it loads is put into it. Default: a page of Upkeep's in nine languages.",
    ),
  pageDigest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe("Of the page as it was built. Set by Upkeep."),
  title: words.optional().describe("The page's title. Default: the page's own."),
  message: words.optional().describe("What the page says. It can change while it is on."),
  retryAfter: z
    .int()
    .min(1)
    .max(30 * days)
    .optional()
    .describe("Seconds after which clients should ask again. Default: `until`, else 600."),
  allow: z.array(network).max(1000).default([]).describe("Addresses and networks that see the real site."),
  trustedProxies: z
    .array(network)
    .max(1000)
    .default([])
    .describe("Proxies in front: of their requests the visitor's address is the last one in `addressHeader`."),
  addressHeader: headerName.default("X-Forwarded-For").describe("Where a trusted proxy states the visitor's address."),
  secret: z
    .union([
      z.boolean(),
      z.strictObject({
        hours: z
          .int()
          .min(1)
          .max(24 * 30)
          .default(12)
          .describe("How long a link that nobody has used, and its cookie, are good."),
      }),
    ])
    .default(false)
    .transform((secret) => (secret === true ? { hours: 12 } : secret))
    .describe(
      "Let people in by secret links, which `upkeep maintenance link` makes: each for one browser, for 12 hours, or `{hours}`.",
    ),
  keep: z
    .array(keptPath)
    .max(100)
    .default(["/.well-known/acme-challenge/", "/healthz"])
    .describe("Paths that stay up; with `/` at the end, all below."),
  status: status.default(503).describe("The answer's status."),
  port: port
    .default(8503)
    .describe("With `redirect-port`: Apache's port for the page; with `tls`, the next one is for https."),
  ports: z
    .array(port)
    .min(1)
    .max(20)
    .optional()
    .describe("With `redirect-port`: the ports to turn away. Default: 80; with `tls` also 443."),
  tls: z
    .strictObject({
      certificate: absolutePath.describe("PEM file with the certificate and its chain."),
      key: absolutePath.describe("PEM file with the private key."),
    })
    .optional()
    .describe("With `redirect-port`: answer https, too, with this certificate."),
});

export type MaintenanceSpec = z.output<typeof maintenanceSpec>;
