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
];

export const runbookNamed = (name: string): RunbookOutline | undefined =>
  runbooks.find((runbook) => runbook.name === name);
