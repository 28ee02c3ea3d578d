import type { Runbook } from "./runbook.ts";

/** A runbook, as far as it can be told of without loading it. */
export interface RunbookOutline {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly (readonly [command: string, says: string])[];
  readonly load: () => Promise<Runbook>;
}

/** Everything that can be run. */
export const runbooks: readonly RunbookOutline[] = [
  {
    name: "dump-rows",
    summary:
      "Write rows of a database with all that they refer to and all that belongs to them, so that they can be loaded.",
    examples: [
      [
        'upkeep run dump-rows --from mysql:///shop --table customers --where "id = 42" --plan',
        "what belongs to a customer, and how much it is",
      ],
      [
        'upkeep run dump-rows --from mysql:///shop --table customers --where "id = 42" --to customer.sql',
        "as a file that loads into an empty schema",
      ],
      [
        'upkeep run dump-rows --from postgres://app@db/shop --table orders --where "id = 7" --to postgres:///test',
        "straight into another database",
      ],
      [
        'upkeep run dump-rows --from mysql:///shop --table customers --where "id = 42" --delete',
        "what deletes the customer, in the right order",
      ],
    ],
    load: async () => (await import("./dump-rows/dump-rows.ts")).dumpRows,
  },
  {
    name: "convert-to-innodb",
    summary: "Have InnoDB keep what MyISAM keeps, the smallest table first, with everything counted before and after.",
    examples: [
      ["upkeep run convert-to-innodb --plan", "which tables there are, what will change, and how long it takes"],
      ["upkeep run convert-to-innodb --server mysql:///shop", "those of one database"],
      ["upkeep run convert-to-innodb --replicas mysql://upkeep@db2/ --max-lag 2", "waiting for whoever follows"],
    ],
    load: async () => (await import("./convert-to-innodb/convert-to-innodb.ts")).convertToInnodb,
  },
  {
    name: "migrate-site",
    summary: "Move sites from another host to this one, with seconds offline, and a way back.",
    examples: [
      [
        "upkeep run migrate-site --site shop.example.com --from root@old.example.com --plan",
        "what would move, what would not, and each step",
      ],
      [
        "upkeep run migrate-site --site shop.example.com --from root@old.example.com --at 2026-11-23T03:00:00+01:00",
        "all but the last copy now, that one at night",
      ],
      [
        "upkeep run migrate-site --site shop.example.com --from root@old --name-server 192.0.2.53 --zone example.com --dns-key dns.key",
        "with the names, by RFC 2136",
      ],
    ],
    load: async () => (await import("./migrate-site/migrate-site.ts")).migrateSite,
  },
  {
    name: "migrate-server",
    summary: "Move all sites of another host to this one, and what else its records say.",
    examples: [["upkeep run migrate-server --from root@old.example.com --plan", "a whole server"]],
    load: async () => (await import("./migrate-site/migrate-site.ts")).migrateServer,
  },
];

export const runbookNamed = (name: string): RunbookOutline | undefined =>
  runbooks.find((runbook) => runbook.name === name);
