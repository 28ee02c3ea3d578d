import fc from "fast-check";
import type { Kind } from "./servers.ts";

/*
 * Databases as nobody would make them: tables with keys of one column, of two or of none, referring to each other and to
 * themselves in every way, and what belongs to some of their rows, worked out here.
 */

export interface Reference {
  readonly parent: number;
  readonly isNullable: boolean;
}

export interface RandomTable {
  /** How many columns its key has. */
  readonly key: 0 | 1 | 2;
  readonly references: readonly Reference[];
  /** Of each row, to which row each reference goes; nothing: to none. */
  readonly rows: readonly (readonly (number | undefined)[])[];
}

export interface RandomDatabase {
  readonly tables: readonly RandomTable[];
  /** Which rows are wanted: of this table, every so-manieth. */
  readonly start: { readonly table: number; readonly every: number };
  readonly children: "all" | "none" | readonly number[];
  readonly depth: number;
}

const size = 5;

export const randomDatabase: fc.Arbitrary<RandomDatabase> = fc
  .record({
    keys: fc.array(fc.constantFrom(0, 1, 1, 2) as fc.Arbitrary<0 | 1 | 2>, { minLength: 2, maxLength: size }),
    references: fc.array(
      fc.array(fc.record({ parent: fc.nat(size - 1), isNullable: fc.boolean() }), { maxLength: 3 }),
      {
        minLength: size,
        maxLength: size,
      },
    ),
    rows: fc.array(fc.array(fc.array(fc.nat(6), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 }), {
      minLength: size,
      maxLength: size,
    }),
    start: fc.record({ table: fc.nat(size - 1), every: fc.integer({ min: 1, max: 3 }) }),
    children: fc.oneof(
      fc.constant("all" as const),
      fc.constant("none" as const),
      fc.uniqueArray(fc.nat(size - 1), { minLength: 1 }),
    ),
    depth: fc.constantFrom(0, 1, 2, 1_000),
  })
  .map(({ keys, references, rows, start, children, depth }): RandomDatabase => {
    // Nobody can refer to rows that nothing tells apart.
    const kept = keys.map((_, index) => references[index]!.filter(({ parent }) => (keys[parent] ?? 0) > 0));
    return {
      tables: keys.map((key, index) => ({
        key,
        references: kept[index]!,
        rows: rows[index]!.map((row) =>
          kept[index]!.map(({ parent, isNullable }, place) => {
            const there = rows[parent]!.length;
            return isNullable && row[place]! > 4 ? undefined : row[place]! % there;
          }),
        ),
      })),
      start: { table: start.table % keys.length, every: start.every },
      children: Array.isArray(children)
        ? children.filter((child) => child < keys.length)
        : (children as "all" | "none"),
      depth,
    };
  })
  .filter(({ children }) => children.length > 0);

const keyOf = (key: 0 | 1 | 2, row: number): readonly string[] =>
  key === 2 ? [String(row), `'k${row}'`] : [String(row)];

const columnsOf = (place: number, key: 0 | 1 | 2): readonly string[] =>
  key === 2 ? [`r${place}a`, `r${place}b`] : [`r${place}a`];

/** SQL that makes its tables; keys between them come last, because they go in circles. */
export function schemaSql({ tables }: RandomDatabase, kind: Kind): string {
  const make = tables.map(({ key, references }, index) => {
    const columns = [
      "v INT NOT NULL",
      ...(key > 0 ? ["a INT NOT NULL"] : []),
      ...(key === 2 ? ["b VARCHAR(10) NOT NULL"] : []),
      ...references.flatMap(({ parent, isNullable }, place) =>
        columnsOf(place, tables[parent]!.key).map(
          (name, part) => `${name} ${part === 0 ? "INT" : "VARCHAR(10)"}${isNullable ? "" : " NOT NULL"}`,
        ),
      ),
      ...(key > 0 ? [`PRIMARY KEY (${key === 2 ? "a, b" : "a"})`] : []),
    ];
    return `CREATE TABLE t${index} (${columns.join(", ")});`;
  });
  const refer = tables.flatMap(({ references }, index) =>
    references.map(
      ({ parent }, place) =>
        `ALTER TABLE t${index} ADD FOREIGN KEY (${columnsOf(place, tables[parent]!.key).join(", ")}) REFERENCES t${parent} (${tables[parent]!.key === 2 ? "a, b" : "a"});`,
    ),
  );
  return [...(kind === "mariadb" ? ["SET foreign_key_checks = 0;"] : []), ...make, ...refer].join("\n");
}

/** SQL that fails if any row refers to what is not there. */
export function recheckSql({ tables }: RandomDatabase, kind: Kind): string {
  return tables
    .flatMap(({ references }, index) =>
      references.map(({ parent }, place) => {
        const own = columnsOf(place, tables[parent]!.key);
        const matches = own.map((name, part) => `p.${part === 0 ? "a" : "b"} = c.${name}`).join(" AND ");
        const orphans = `SELECT count(*) FROM t${index} c WHERE c.${own[0]} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM t${parent} p WHERE ${matches})`;
        // There is no row for more than none.
        return kind === "mariadb"
          ? `SELECT IF((${orphans}) = 0, 1, (SELECT 1 UNION SELECT 2));`
          : `SELECT 1 / (CASE WHEN (${orphans}) = 0 THEN 1 ELSE 0 END);`;
      }),
    )
    .join("\n");
}

/** SQL that fills them, without anything being checked. */
export function rowsSql({ tables }: RandomDatabase, kind: Kind): string {
  const rows = tables.flatMap(({ key, references, rows }, index) =>
    rows.map((row, number) => {
      const values = [
        // Rows without a key may be alike.
        String(key === 0 ? number % 3 : number),
        ...(key > 0 ? keyOf(key, number) : []),
        ...references.flatMap(({ parent }, place) => {
          const to = row[place];
          const parentKey = tables[parent]!.key;
          return to === undefined ? columnsOf(place, parentKey).map(() => "NULL") : keyOf(parentKey, to);
        }),
      ];
      return `INSERT INTO t${index} VALUES (${values.join(", ")});`;
    }),
  );
  return [kind === "mariadb" ? "SET foreign_key_checks = 0;" : "SET session_replication_role = replica;", ...rows].join(
    "\n",
  );
}

/** The condition for the rows that are wanted. */
export const whereOf = ({ start }: RandomDatabase): string => `v % ${start.every} = 0`;

/** What belongs together, by the words of the documentation: how many rows of each table. */
export function closureOf({ tables, start, children, depth }: RandomDatabase): Readonly<Record<string, number>> {
  const comesAlong = (table: number) => children === "all" || (children !== "none" && children.includes(table));
  const alike = (table: number, row: number): readonly number[] => {
    const { key, rows } = tables[table]!;
    const contentOf = (index: number) => JSON.stringify([key === 0 ? index % 3 : index, rows[index]]);
    return key > 0 ? [row] : rows.flatMap((_, index) => (contentOf(index) === contentOf(row) ? [index] : []));
  };
  const own = new Map<string, number>();
  let wave = tables[start.table]!.rows.flatMap((_, row) => {
    const value = tables[start.table]!.key === 0 ? row % 3 : row;
    return value % start.every === 0 ? [[start.table, row] as const] : [];
  });
  for (let level = 0; wave.length > 0; level++) {
    const next: (readonly [number, number])[] = [];
    for (const [table, row] of wave)
      for (const each of alike(table, row)) {
        if (own.has(`${table} ${each}`)) continue;
        own.set(`${table} ${each}`, level);
        if (level === depth) continue;
        for (const [child, { references, rows }] of tables.entries())
          if (comesAlong(child))
            for (const [number, values] of rows.entries())
              if (references.some(({ parent }, place) => parent === table && values[place] === each))
                next.push([child, number]);
      }
    wave = next;
  }
  const all = new Set(own.keys());
  for (const name of all) {
    const [table, row] = name.split(" ").map(Number) as [number, number];
    for (const [place, { parent }] of tables[table]!.references.entries()) {
      const to = tables[table]!.rows[row]![place];
      if (to !== undefined) all.add(`${parent} ${to}`);
    }
  }
  const counts: Record<string, number> = {};
  for (const name of all) {
    const table = `t${name.split(" ")[0]}`;
    counts[table] = (counts[table] ?? 0) + 1;
  }
  return counts;
}
