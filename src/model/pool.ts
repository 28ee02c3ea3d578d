import { z } from "zod";
import { parseAddress } from "./address.ts";
import { foreignText } from "./foreign-text.ts";
import { moment } from "./moment.ts";
import { serialStyles } from "./serial.ts";

/*
 * A pool of addresses as it stands on a host: what its kind renders, what checks it and what publishes it. Times in
 * milliseconds.
 */

export const poolDirectory = "/etc/upkeep/pools";

const port = z.int().min(1).max(65_535);

/** What an address is asked; it is up if it answers as it should. */
export const checkSchema = z.discriminatedUnion("is", [
  z.strictObject({ is: z.literal("icmp") }),
  z.strictObject({ is: z.literal("tcp"), port }),
  z.strictObject({
    is: z.literal("http"),
    tls: z.boolean(),
    port,
    path: z.string(),
    /** In `Host`, and for TLS as SNI. */
    host: z.string(),
    /** From and to. */
    status: z.tuple([z.int(), z.int()]),
    /** Text that must be in the body. */
    body: z.string().optional(),
    /** Headers that must be there, with what must be in them. */
    headers: z.record(z.string(), z.string()),
    /** The certificate must be good for the host. */
    verify: z.boolean(),
  }),
  z.strictObject({ is: z.literal("dns"), port, name: z.string(), type: z.enum(["A", "AAAA", "SOA", "NS", "TXT"]) }),
  z.strictObject({ is: z.literal("smtp"), port }),
  z.strictObject({ is: z.literal("command"), argv: z.array(z.string()).min(1) }),
]);

export type Check = z.output<typeof checkSchema>;

export const memberSchema = z.strictObject({
  address: z.string().refine((text) => parseAddress(text) !== undefined),
  /** Of those that may be published, the heavier first. */
  weight: z.int().min(0).max(1_000),
  /** The lowest that has anybody up is published: 0 first. */
  priority: z.int().min(0).max(100),
});

export type Member = z.output<typeof memberSchema>;

const server = {
  /** Who is asked what is given out, and takes changes. */
  server: z.string().refine((text) => parseAddress(text) !== undefined),
  port,
};

/** A name server that takes changes over the network. */
export const publishSchema = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("update"),
    ...server,
    key: z.strictObject({ name: z.string(), algorithm: z.string(), secret: z.string() }),
  }),
  z.strictObject({ by: z.literal("powerdns"), ...server, url: z.string(), apiKey: z.string() }),
]);

export type Publish = z.output<typeof publishSchema>;

export const poolConfigSchema = z.strictObject({
  name: z.string(),
  zone: z.string(),
  /** Names of the zone that have these addresses, without it: `@`, `*`, `www`. */
  records: z.array(z.string()).min(1),
  members: z.array(memberSchema).min(1),
  checks: z.array(checkSchema).min(1),
  every: z.int().min(100),
  timeout: z.int().min(10),
  rise: z.int().min(1),
  fall: z.int().min(1),
  minUp: z.int().min(0),
  maxUp: z.int().min(1).optional(),
  /** Seconds. */
  ttl: z.int().min(0),
  /** So many changes within so long, and it is not up before it has been well for as long. */
  damping: z.strictObject({ changes: z.int().min(2), within: z.int().min(1_000) }),
  /** How many hosts are asked what they see; the majority of those that say something counts. */
  vantage: z.int().min(1),
  serial: z.enum(["auto", ...serialStyles]),
  /** Otherwise by BIND's files, if there is one. */
  publish: publishSchema.exactOptional(),
  /** The zone's file on this host, if it is published here. */
  file: z.string().optional(),
});

export type PoolConfig = z.output<typeof poolConfigSchema>;

/** Milliseconds until an address that has failed is given out no more, at most: until it is asked next, and all bad answers. */
export const untilWithdrawn = ({ every, timeout, fall }: Pick<PoolConfig, "every" | "timeout" | "fall">): number =>
  fall * every + timeout;

/** How an address looks from a host. */
export interface Health {
  readonly isUp: boolean;
  /** Since when, milliseconds since 1970. */
  readonly since: number;
  /** What the last check said. */
  readonly says: string;
  /** How long it took. */
  readonly took: number;
  /** When its certificate ends, if that is soon; milliseconds since 1970. */
  readonly certificateEnds?: number;
}

export const healthSchema = z.strictObject({
  isUp: z.boolean(),
  since: moment,
  // A server that is asked may say anything.
  says: foreignText(300),
  took: z.number().min(0),
  certificateEnds: moment.exactOptional(),
}) satisfies z.ZodType<Health>;

/** As records: the owner's name for each of them. */
export const recordsOf = (
  { zone, records, ttl }: Pick<PoolConfig, "zone" | "records" | "ttl">,
  addresses: readonly string[],
): string =>
  records
    .flatMap((record) => {
      const owner = record === "@" ? `${zone}.` : `${record}.${zone}.`;
      return addresses.map(
        (address) => `${owner} ${ttl} IN ${parseAddress(address)?.family === 6 ? "AAAA" : "A"} ${address}\n`,
      );
    })
    .join("");
