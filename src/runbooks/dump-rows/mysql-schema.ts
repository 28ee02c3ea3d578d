import type { Database } from "../../host/databases/database.ts";
import { quotedName } from "../../host/databases/quoting.ts";
import type { Column, Relation, Schema, Table, Trigger } from "./schema.ts";

/** What MariaDB and MySQL say of the tables of the database that is in use. */
export async function schemaOf(database: Database): Promise<Schema> {
  const ask = async (sql: string) =>
    (await database.rows(sql)).map((row) => row.map((cell) => (cell === null ? "" : String(cell))));
  const tables = await ask(
    "SELECT table_name, COALESCE(table_rows, 0), COALESCE(engine, '') FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name",
  );
  const columns = Map.groupBy(
    await ask(
      "SELECT table_name, column_name, column_type, is_nullable, extra, COALESCE(generation_expression, '') FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position",
    ),
    ([table]) => table!,
  );
  const indexes = Map.groupBy(
    await ask(
      "SELECT table_name, index_name, column_name, COALESCE(sub_part, ''), nullable FROM information_schema.statistics WHERE table_schema = DATABASE() AND non_unique = 0 ORDER BY table_name, index_name = 'PRIMARY' DESC, index_name, seq_in_index",
    ),
    ([table]) => table!,
  );
  const references = await ask(
    "SELECT table_name, constraint_name, column_name, referenced_table_name, referenced_column_name, referenced_table_schema = DATABASE() FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL ORDER BY table_name, constraint_name, ordinal_position",
  );
  const triggers = Map.groupBy(
    await ask(
      "SELECT event_object_table, trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY trigger_name",
    ),
    ([table]) => table!,
  );
  const found = new Map<string, Table>();
  for (const [name = "", rows, _engine] of tables) {
    const own: Trigger[] = [];
    for (const [, trigger = ""] of triggers.get(name) ?? []) {
      const [[, , statement = ""] = []] = await ask(`SHOW CREATE TRIGGER \`${trigger.replaceAll("`", "``")}\``);
      own.push({ name: trigger, statement });
    }
    found.set(name, {
      name,
      sql: quotedName("mysql", name),
      columns: (columns.get(name) ?? []).map(toColumn),
      key: keyOf(indexes.get(name) ?? []),
      rows: Number(rows),
      triggers: own,
    });
  }
  const keys = [...Map.groupBy(references, ([table, constraint]) => `${table}.${constraint}`).values()];
  const relations = keys
    .filter(([first]) => first?.[5] === "1")
    .map((all): Relation => {
      const [child = "", , , parent = ""] = all[0]!;
      return {
        child,
        columns: all.map(([, , column]) => column!),
        parent,
        parentColumns: all.map(([, , , , column]) => column!),
        isDeclared: true,
        isDeferrable: false,
      };
    });
  return {
    dialect: "mysql",
    tables: found,
    relations,
    remarks: [
      ...keys
        .filter(([first]) => first?.[5] !== "1")
        .map(([first]) => `${first?.[0]} refers to another database (${first?.[3]}), which is not followed`),
      ...tables
        .filter(([, , engine]) => engine !== "InnoDB")
        .map(
          ([name, , engine]) =>
            `${name} is kept by ${engine}, which knows no snapshot: rows written meanwhile may be among them`,
        ),
    ],
  };
}

const toColumn = ([, name = "", type = "", nullable, extra = "", generation]: readonly string[]): Column => ({
  name,
  type,
  isNullable: nullable === "YES",
  // MariaDB says VIRTUAL GENERATED, MySQL also DEFAULT_GENERATED of what merely has a default.
  isGenerated: generation !== "" && /GENERATED/i.test(extra) && !/DEFAULT_GENERATED/i.test(extra),
  isCounted: /auto_increment/i.test(extra),
});

/** The primary key, or another index that tells rows apart; not of beginnings of columns. */
function keyOf(rows: readonly (readonly string[])[]): readonly string[] | undefined {
  const indexes = [...Map.groupBy(rows, ([, index]) => index!).values()];
  const usable = indexes.find((all) =>
    all.every(([, , column, part, nullable]) => column !== "" && part === "" && nullable !== "YES"),
  );
  return usable?.map(([, , column]) => column!);
}
