import { z } from "zod";
import { hostName, parseAddress } from "../../model/address.ts";
import { milliseconds } from "../../model/duration.ts";
import { serialStyles } from "../../model/serial.ts";
import { headerName } from "../values.ts";

const duration = (least: number) =>
  z
    .string()
    .regex(/^(\d+(ms|[smhdw]))+$/, "must be a time like 500ms, 10s or 1m30s")
    .refine((text) => milliseconds(text)! >= least, `must be ${least} ms at least`);

const port = z.int().min(1).max(65_535);
const name = z.string().max(253).regex(hostName, "must be a name like www.example.com");
const record = z
  .string()
  .max(200)
  .regex(/^(@|\*|(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?)$/, "must be @, *, or a name within the zone, like www");
const address = z.string().refine((text) => parseAddress(text) !== undefined, "must be an address like 192.0.2.10");
const path = z
  .string()
  .max(1_000)
  .regex(/^\/[!-~]*$/, "must be a path like /healthz");

const http = z.strictObject({
  path: path.default("/"),
  port: port.optional().describe("Default: 80, or 443."),
  host: name.optional().describe("What stands in `Host`, and for https in SNI. Default: the pool's name."),
  status: z
    .union([z.int().min(100).max(599), z.tuple([z.int().min(100).max(599), z.int().min(100).max(599)])])
    .default([200, 399])
    .describe("A status, or from and to."),
  body: z.string().min(1).max(1_000).optional().describe("Text that must be in the body."),
  headers: z.record(headerName, z.string().max(1_000)).default({}).describe("Headers, with what must be in them."),
  verify: z.boolean().default(true).describe("https: the certificate must be good for the host."),
});

const pathOrHttp = z.union([path.transform((given) => http.parse({ path: given })), http]);

const check = z.union(
  [
    z.strictObject({ icmp: z.literal(true) }),
    z.strictObject({ tcp: port }),
    z.strictObject({ http: pathOrHttp }),
    z.strictObject({ https: pathOrHttp }),
    z.strictObject({
      dns: z.strictObject({
        name,
        type: z.enum(["A", "AAAA", "SOA", "NS", "TXT"]).default("A"),
        port: port.default(53),
      }),
    }),
    z.strictObject({ smtp: port }),
    z.strictObject({ command: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/) }),
  ],
  {
    error:
      'must be one of {icmp: true}, {tcp: 443}, {http: "/healthz"}, {https: ...}, {dns: ...}, {smtp: 25}, {command: name}',
  },
);

const serverFields = {
  server: address.default("127.0.0.1").describe("The name server, which is also asked what it gives out."),
  port: port.default(53),
};

const publish = z.union([
  z.strictObject({
    update: z.strictObject({
      ...serverFields,
      key: z.strictObject({
        name: z
          .string()
          .regex(/^[A-Za-z0-9._-]{1,200}$/, "must be a key's name")
          .describe("The key's name (TSIG)."),
        algorithm: z.enum(["hmac-sha256", "hmac-sha384", "hmac-sha512"]).default("hmac-sha256"),
        secret: z.string().regex(/^[A-Za-z0-9+/]{16,}={0,2}$/, "must be base64, as tsig-keygen(8) prints it"),
      }),
    }),
  }),
  z.strictObject({
    powerdns: z.strictObject({
      ...serverFields,
      url: z
        .string()
        .regex(/^https?:\/\/[A-Za-z0-9.:[\]-]+\/?$/, "must be like http://127.0.0.1:8081")
        .default("http://127.0.0.1:8081"),
      apiKey: z.string().regex(/^[!-~]{8,200}$/, "must be printable and at least 8 characters"),
    }),
  }),
]);

export const dnsPoolSpec = z.strictObject({
  zone: name.describe("The zone that has the records."),
  records: z
    .array(record)
    .min(1)
    .max(100)
    .optional()
    .describe("Names that have these addresses: `@` for the zone itself, `*`, `www`. Default: the pool's own name."),
  addresses: z
    .array(
      z.union([
        address.transform((given) => ({ address: given, weight: 1, priority: 0 })),
        z.strictObject({
          address,
          weight: z.int().min(0).max(1_000).default(1).describe("With `maxUp`, the heavier ones are published first."),
          priority: z
            .int()
            .min(0)
            .max(100)
            .default(0)
            .describe("Backups have a higher number: they are published while nobody before them is up."),
        }),
      ]),
    )
    .min(1)
    .max(100)
    .describe("Who may be published. BIND takes no more than a hundred for a name."),
  check: z
    .union([check, z.array(check).min(1).max(10)])
    .transform((given) => [given].flat())
    .default([{ tcp: 80 }])
    .describe("What an address has to answer to count as up; of several, all of them."),
  every: duration(100).default("10s").describe("How often each address is asked."),
  timeout: duration(10).default("3s").describe("How long it may take to answer."),
  rise: z.int().min(1).max(100).default(2).describe("So many good answers in a row, and it is up."),
  fall: z.int().min(1).max(100).default(3).describe("So many bad ones in a row, and it is down."),
  minUp: z
    .int()
    .min(0)
    .max(100)
    .default(1)
    .describe(
      "When fewer seem to be up, it is more likely that we see nothing: what was published stays, with an alarm.",
    ),
  maxUp: z.int().min(1).max(100).optional().describe("No more than so many are published."),
  ttl: z.int().min(0).max(604_800).default(30).describe("Seconds for which resolvers may remember an answer."),
  damping: z
    .strictObject({
      changes: z.int().min(2).max(100).default(4),
      within: duration(1_000).default("10m"),
    })
    .prefault({})
    .describe("One that changes so often within that time comes back when it has been well for as long."),
  vantage: z
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe("So many hosts look, and the majority decides; the pool is stated for all of them."),
  publish: publish
    .optional()
    .describe(
      "A name server that takes changes over the network: `{update: {key: {name, secret}}}` by RFC 2136 with TSIG (BIND, Knot, PowerDNS ...), or `{powerdns: {apiKey}}` by PowerDNS' API. Default: by the files of the BIND that runs here.",
    ),
  serial: z
    .enum(["auto", ...serialStyles])
    .default("auto")
    .describe(
      "How the zone's serial counts: as it has so far, by date, by seconds since 1970, or one after the other.",
    ),
});

export type DnsPoolSpec = z.output<typeof dnsPoolSpec>;
