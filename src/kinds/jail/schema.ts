import { z } from "zod";
import { hostName, parseAddress } from "../../model/address.ts";
import { milliseconds } from "../../model/duration.ts";
import { hostPattern } from "../site/names.ts";
import { canonicalNetwork, headerName, network, resolved } from "../values.ts";

const duration = z
  .string()
  .regex(/^(\d+[smhdw])+$/, "must be a time like 30s, 10m, 1h30m or 1w")
  .refine(
    (text) => milliseconds(text)! >= 1_000 && milliseconds(text)! <= 3_650 * 86_400_000,
    "must be between 1s and 3650d",
  );

const expression = z
  .string()
  .min(1)
  .max(4_000)
  .regex(/^[^\0\n]*$/, "must be one line");

/** Where to listen: an address and a port. */
export function syslogPlace(text: string): { readonly address: string; readonly port: number } | undefined {
  const { address = "", port = "" } = /^\[?(?<address>[0-9a-fA-F.:]+?)\]?:(?<port>\d{4,5})$/.exec(text)?.groups ?? {};
  const number = Number(port);
  return parseAddress(address) && number >= 1_024 && number <= 65_535 ? { address, port: number } : undefined;
}

const dnsName = z.string().max(253).regex(hostName, "must be an address, a network or a name");

const logFile = z
  .string()
  .max(1_024)
  .regex(/^(\/[A-Za-z0-9._@+*?[\]-]+)+$/, 'must be an absolute path like "/var/log/app/*.log"')
  .refine((path) => !path.split("/").includes(".."), "must not contain ..");

const ownFilter = z.strictObject({
  prefregex: expression
    .optional()
    .describe("What every line has to be like; `<F-CONTENT>` in it is what the rest is about."),
  failregex: z
    .array(expression)
    .min(1)
    .max(200)
    .describe("Lines that count against somebody, each with `<ADDR>`, `<HOST>` or `<F-ID>`."),
  ignoreregex: z.array(expression).max(200).default([]).describe("Lines that do not count after all."),
  datepattern: expression.optional().describe("How lines begin with their date, where it is none of the usual ways."),
  maxlines: z.int().min(1).max(100).default(1).describe("How many lines are looked at together."),
});

export const jailSpec = z.strictObject({
  filter: z
    .union([
      z
        .string()
        .regex(
          /^[A-Za-z0-9_./-]+(\[[^\n\0]*\])?$/,
          "must be the name of one of fail2ban's filters, like sshd[mode=aggressive]",
        ),
      ownFilter,
    ])
    .optional()
    .describe(
      "One of fail2ban's filters with options, or one of your own. A jail with a ready-made one's name has its filter.",
    ),
  logs: z.array(logFile).min(1).max(200).optional().describe("Files that it reads; names may have stars."),
  journal: z
    .array(z.string().regex(/^(\+|[A-Z_]+=[^\0\n]+)$/, "must be a field and a value: _SYSTEMD_UNIT=ssh.service"))
    .min(1)
    .max(50)
    .optional()
    .describe("What it reads of systemd's journal, as journalctl(1) takes it, instead of files."),
  maxRetry: z.int().min(1).max(1_000).optional().describe("So many failures make a ban."),
  findTime: duration.optional().describe("Failures within this time count together."),
  banTime: duration
    .optional()
    .describe("How long a ban lasts. By default 10m, where a ready-made jail says nothing else."),
  growth: z.number().min(1).max(100).default(2).describe("Each further ban of the same lasts so many times as long."),
  longest: duration.default("1w").describe("No ban lasts longer."),
  ports: z
    .union([z.literal("all"), z.array(z.int().min(1).max(65_535)).min(1).max(50)])
    .optional()
    .describe("What is closed to whoever is banned."),
  refuse: z
    .strictObject({
      sites: z
        .union([z.literal("all"), z.array(resolved(hostPattern, "name")).min(1).max(1_000)])
        .describe("Names of sites of Upkeep's, `*.example.org` for every site below it, or `all`."),
      status: z
        .union([z.literal(403), z.literal(429)])
        .default(403)
        .describe("The answer's status."),
      trustedProxies: z
        .array(network.transform(canonicalNetwork))
        .max(1_000)
        .default([])
        .describe(
          "Proxies in front, such as a CDN's: of their requests the visitor's address is the last one in `addressHeader`.",
        ),
      addressHeader: headerName
        .default("X-Forwarded-For")
        .describe("Where a trusted proxy states the visitor's address."),
    })
    .optional()
    .describe(
      "Whoever is banned is refused by the web server, on these sites alone, instead of by the packet filter. It works also where packets come from a proxy.",
    ),
  syslog: z
    .string()
    .refine(
      (text) => syslogPlace(text) !== undefined,
      "must be an address of this machine and a port from 1024: 127.0.0.1:5514",
    )
    .optional()
    .describe(
      "Where it listens, over UDP and TCP, for what programs say as to syslog, instead of files: `127.0.0.1:5514`. Whoever can send there can have anybody banned.",
    ),
  allow: z
    .array(z.union([network.transform(canonicalNetwork), dnsName]))
    .max(1_000)
    .default([])
    .describe(
      "Addresses, networks and names (whatever address they have at the time) that are never banned. This machine's own, its gateway's, and those of people who are signed in are not, either.",
    ),
  searchEngines: z
    .boolean()
    .optional()
    .describe(
      "Search engines are not banned: addresses whose names are theirs, where the name has that address, too. By default so where a ready-made jail is about websites.",
    ),
  everywhere: z
    .boolean()
    .default(false)
    .describe("A ban holds on every host of the estate that has this jail, within a second."),
  active: z.boolean().default(true).describe("Otherwise it only says whom it would ban."),
});

export type JailSpec = z.infer<typeof jailSpec>;
