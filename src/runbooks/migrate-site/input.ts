import { z } from "zod";
import { milliseconds } from "../../model/duration.ts";
import { databaseName, type MoveDialect } from "../../model/move.ts";

const duration = (byDefault: string) =>
  z
    .string()
    .default(byDefault)
    .refine((text) => milliseconds(text) !== undefined, "takes a time like 90s, 15m, 12h or 7d");

const list = (text: string): readonly string[] =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);

const addresses = z
  .string()
  .refine(
    (text) => list(text).every((each) => z.union([z.ipv4(), z.ipv6()]).safeParse(each).success),
    "takes addresses with commas between, like 192.0.2.20,2001:db8::20",
  );

const dialects: Readonly<Record<string, MoveDialect>> = {
  mysql: "mysql",
  mariadb: "mysql",
  postgres: "postgres",
  postgresql: "postgres",
};

/** `mysql:shop` */
function databaseOf(text: string): { dialect: MoveDialect; name: string } | undefined {
  const [scheme = "", name = ""] = text.split(":");
  const dialect = dialects[scheme];
  return dialect && databaseName.safeParse(name).success ? { dialect, name } : undefined;
}

const fields = {
  from: z.string().max(255).describe("The host on which they are, as root's ssh here knows it: root@old.example.com"),
  databases: z
    .string()
    .refine(
      (text) => list(text).every((each) => databaseOf(each) !== undefined),
      "takes databases with commas between, like mysql:shop,postgres:app",
    )
    .optional()
    .describe("Databases that go along: mysql:shop,postgres:app. Default: what the sites' own configuration names."),
  at: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), "takes a time like 2026-11-23T03:00:00+01:00")
    .optional()
    .describe(
      "When they are taken offline for the last copy: 2026-11-23T03:00:00+01:00. Default: as soon as all is ready.",
    ),
  message: z
    .string()
    .max(500)
    .default("This site is moving to another server and will be back in a moment.")
    .describe("What visitors read meanwhile."),
  outage: duration("5m")
    .refine((text) => milliseconds(text)! >= 30_000, "takes at least 30s")
    .describe("How long they are offline at most. Then the old host opens again by itself."),
  similar: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe("How much of a page must be the same on both hosts, from 0 to 1; a person is asked about the others."),
  watch: duration("15m").describe("How long errors are looked at after the switch; too many, and it is taken back."),
  back: duration("1d").describe("Until when it can be taken back, after the switch."),
  proxy: duration("7d").describe("How long the old host passes on who still comes to it."),
  address: addresses
    .optional()
    .describe("Addresses of this host, as visitors reach it. Default: the one from which it reaches the old one."),
  nameServer: z
    .string()
    .max(255)
    .optional()
    .describe("A name server that takes changes by RFC 2136: 192.0.2.53 or 192.0.2.53:5353. Default: you are asked."),
  zone: z.string().max(255).optional().describe("Its zone that has the sites' names."),
  dnsKey: z.string().max(1000).optional().describe("File with its key, as tsig-keygen(8) writes it."),
  ttl: z.int().min(5).max(86_400).default(300).describe("Seconds that names are remembered for while it goes on."),
  mirrors: addresses
    .default("")
    .describe("Other addresses of the names, which are no concern of yours: out of DNS first, back one by one."),
};

export const migrateSiteInput = z.strictObject({
  site: z
    .string()
    .max(10_000)
    .refine((text) => list(text).length > 0, "takes names of sites, with commas between")
    .describe("The site; or several, with commas between."),
  ...fields,
});

export const migrateServerInput = z.strictObject(fields);

/** What is typed for either; sites are named for one of them. */
export type MigrationOptions = z.output<typeof migrateServerInput> & { readonly site?: string };

/** What both runbooks go by. */
export interface MigrationInput extends Omit<z.output<typeof migrateServerInput>, "databases" | "address" | "mirrors"> {
  readonly sites: readonly string[] | "all";
  readonly databases: readonly { readonly dialect: MoveDialect; readonly name: string }[] | undefined;
  readonly address: readonly string[] | undefined;
  readonly mirrors: readonly string[];
}

export function migrationInput(given: MigrationOptions): MigrationInput {
  const { site, databases, address, mirrors, ...rest } = given;
  return {
    ...rest,
    sites: site === undefined ? "all" : list(site),
    databases: databases === undefined ? undefined : list(databases).map((each) => databaseOf(each)!),
    address: address === undefined ? undefined : list(address),
    mirrors: list(mirrors),
  };
}
