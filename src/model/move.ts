import { z } from "zod";

/*
 * What two hosts say to each other while sites move from one to the other. Both ends have the same orders, so that a move
 * can be taken back by exchanging them.
 */

/** Names one move: `m4f1c09ab`. */
export const moveName = z.string().regex(/^m[0-9a-f]{8}$/);

/** Names of databases, and of whoever owns them, that need no thought in any language. */
export const databaseName = z.string().regex(/^[A-Za-z0-9_$-]{1,63}$/, "must be letters, digits, $, _ or -");

const dialect = z.enum(["mysql", "postgres"]);
const siteName = z.string().max(253);
const userName = z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/);

/** What a host can be asked to do for a move. All of it can be asked again. */
export const moveOrder = z.discriminatedUnion("do", [
  /** Says what there is. */
  z.strictObject({ do: z.literal("look"), sites: z.union([z.literal("all"), z.array(siteName)]) }),
  /** Lets the holder of a key in, for this move alone. */
  z.strictObject({
    do: z.literal("open"),
    move: moveName,
    key: z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/=]+$/),
    sites: z.array(siteName).min(1),
    databases: z.array(z.strictObject({ dialect, name: databaseName })),
  }),
  z.strictObject({ do: z.literal("close"), move: moveName }),
  /** States records, or takes them away (`spec: null`), in one change. */
  z.strictObject({
    do: z.literal("state"),
    records: z.array(z.strictObject({ kind: z.string(), name: z.string(), spec: z.unknown() })).min(1),
    /** Not after this, by the host's own clock (milliseconds since 1970): then something else holds. */
    before: z.number().optional(),
  }),
  /** Says what records say of sites, and no more. */
  z.strictObject({ do: z.literal("stated"), sites: z.array(siteName) }),
  /** Hands out the certificate and key of a site. */
  z.strictObject({ do: z.literal("certificate"), site: siteName }),
  /** Waits until no request for a site is worked on any longer. */
  z.strictObject({ do: z.literal("drain"), sites: z.array(siteName), seconds: z.number().max(600) }),
  /** Replaces a user's crontab, or takes it away (`null`); says what it was. */
  z.strictObject({
    do: z.literal("crontab"),
    user: userName,
    text: z
      .string()
      .max(1 << 20)
      .nullable(),
  }),
  /** Says what there is to know of a database before it can be made elsewhere. */
  z.strictObject({ do: z.literal("describe"), dialect, name: databaseName }),
  /** Makes an account for the move, with this password, or takes it away (`null`). */
  z.strictObject({
    do: z.literal("account"),
    move: moveName,
    dialect,
    password: z
      .string()
      .regex(/^[0-9a-f]{32,64}$/)
      .nullable(),
  }),
  /** Counts what was answered in the last so many milliseconds, by status. Clocks of two hosts differ. */
  z.strictObject({ do: z.literal("answers"), sites: z.array(siteName), within: z.number().min(0) }),
]);

export type MoveOrder = z.output<typeof moveOrder>;
export type MoveDialect = z.output<typeof dialect>;

/** A host, as far as moving goes. */
export interface HostSeen {
  readonly upkeep: string;
  /** Its clock, milliseconds since 1970. */
  readonly now: number;
  /** The address from which it is asked, and its own, where that is over the network. */
  readonly connection?: { readonly from: string; readonly to: string };
  /** Where `upkeep` is there. */
  readonly program: string;
  /** `debian 12` */
  readonly release: string;
  readonly server: string;
  /** Bytes that are free where sites are. */
  readonly free: number;
  /** Where its sites are. */
  readonly directory: string;
  /** Packages that matter here, and their versions. */
  readonly packages: Readonly<Record<string, string>>;
  readonly accounts: Readonly<Record<string, { readonly uid: number; readonly home: string }>>;
  readonly sites: readonly SiteSeen[];
  /** Names of sites that are there and were not asked for. */
  readonly otherSites: readonly string[];
  /** Other records of the host. */
  readonly others: readonly { readonly kind: string; readonly name: string; readonly spec: unknown }[];
  readonly databases: readonly DatabaseSeen[];
  /** Its records are with a control plane. */
  readonly isMember: boolean;
  readonly hasRsync: boolean;
}

export interface SiteSeen {
  readonly name: string;
  /** The record as it is stored. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly names: readonly string[];
  readonly user: string;
  /** All of it is moved but its logs. */
  readonly directory: string;
  readonly bytes: number;
  readonly files: number;
  /** The version of PHP that it runs on. */
  readonly php?: string;
  readonly tls?: { readonly certificate: string; readonly key: string; readonly ends?: number };
  readonly ports: { readonly http: number; readonly https: number };
  readonly crontab?: string;
  /** What of it Upkeep does not know how to move, for people. */
  readonly left: readonly string[];
  /** Databases that its own configuration names. */
  readonly databases: readonly { readonly dialect: MoveDialect; readonly name: string }[];
  /** Its most visited pages. */
  readonly pages: readonly string[];
}

export interface DatabaseSeen {
  readonly dialect: MoveDialect;
  readonly name: string;
  readonly bytes: number;
}

/** What it takes to make a database elsewhere as it is here. */
export interface DatabaseDescription {
  readonly bytes: number;
  /** Statements for whoever may do everything there; each fails where it has been done already, and may. */
  readonly make: readonly string[];
  readonly accounts: readonly string[];
  readonly port: number;
}

/** What stating came to; nothing that went wrong: it is live. */
export interface Stated {
  readonly problem?: string;
  /** The host's clock then, milliseconds since 1970. */
  readonly now: number;
}

/** The files of a site's certificate, in PEM. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** How many answers there were, by the first digit of their status. */
export type Answers = Readonly<Record<string, number>>;
