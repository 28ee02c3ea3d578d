import type { Database } from "../../host/databases/database.ts";
import type { Column, Relation, Schema, Table } from "./schema.ts";

/** Tables of people, partitions counted as what they are parts of; those in sight by their own name alone. */
const tablesOf = `SELECT c.oid, CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END AS name,
  CASE WHEN pg_table_is_visible(c.oid) THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(c.relname) AS sql,
  GREATEST(c.reltuples, 0)::bigint AS rows
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;

/** What PostgreSQL says of the tables of a database. */
export async function schemaOf(database: Database): Promise<Schema> {
  const ask = async (sql: string) =>
    (await database.rows(sql)).map((row) => row.map((cell) => (cell === null ? "" : String(cell))));
  const tables = await ask(`SELECT name, rows, sql FROM (${tablesOf}) t ORDER BY name`);
  const columns = Map.groupBy(
    await ask(`SELECT t.name, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated <> '',
        a.attidentity <> '' OR pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) IS NOT NULL
      FROM (${tablesOf}) t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = t.oid WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY t.name, a.attnum`),
    ([table]) => table!,
  );
  const keys = Map.groupBy(
    await ask(`SELECT t.name, i.indexrelid, a.attname, a.attnotnull
      FROM (${tablesOf}) t JOIN pg_index i ON i.indrelid = t.oid
        CROSS JOIN LATERAL unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k (number, place)
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
      WHERE i.indisunique AND i.indpred IS NULL AND i.indisvalid AND i.indimmediate
      ORDER BY t.name, i.indisprimary DESC, i.indexrelid, k.place`),
    ([table]) => table!,
  );
  const references = await ask(`SELECT t.name, p.name, k.conname, k.condeferrable, a.attname, b.attname
    FROM (${tablesOf}) t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f' JOIN (${tablesOf}) p ON p.oid = k.confrelid
      CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (own, other, place)
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = u.own JOIN pg_attribute b ON b.attrelid = p.oid AND b.attnum = u.other
    ORDER BY t.name, k.conname, u.place`);
  const triggers = Map.groupBy(
    await ask(
      `SELECT t.name, g.tgname FROM (${tablesOf}) t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal ORDER BY 1, 2`,
    ),
    ([table]) => table!,
  );
  const found = tables.map(([name = "", rows, sql = ""]): [string, Table] => [
    name,
    {
      name,
      sql,
      columns: (columns.get(name) ?? []).map(toColumn),
      key: keyOf(keys.get(name) ?? []),
      rows: Number(rows),
      triggers: (triggers.get(name) ?? []).map(([, trigger = ""]) => ({ name: trigger })),
    },
  ]);
  return {
    dialect: "postgres",
    tables: new Map(found),
    relations: [...Map.groupBy(references, ([child, , constraint]) => `${child} ${constraint}`).values()].map(
      (all): Relation => {
        const [child = "", parent = "", , deferrable] = all[0]!;
        return {
          child,
          columns: all.map(([, , , , own]) => own!),
          parent,
          parentColumns: all.map(([, , , , , other]) => other!),
          isDeclared: true,
          isDeferrable: deferrable === "t",
        };
      },
    ),
    remarks: [],
  };
}

const toColumn = ([, name = "", type = "", notNull, generated, counted]: readonly string[]): Column => ({
  name,
  type,
  isNullable: notNull !== "t",
  isGenerated: generated === "t",
  isCounted: counted === "t",
});

function keyOf(rows: readonly (readonly string[])[]): readonly string[] | undefined {
  const indexes = [...Map.groupBy(rows, ([, index]) => index!).values()];
  return indexes
    .find((all) => all.every(([, , column, notNull]) => column !== "" && notNull === "t"))
    ?.map(([, , column]) => column!);
}
