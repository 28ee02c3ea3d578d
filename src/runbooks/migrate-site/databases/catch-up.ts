import { createHash } from "node:crypto";
import { type Database, openDatabaseAt } from "../../../host/databases/database.ts";
import { quotedName, quotedText } from "../../../host/databases/quoting.ts";
import { pipe } from "../../../host/pipe.ts";
import { type Content, contentOf, differing, type MovedTable, rowsIn, tablesOf } from "./content.ts";
import { programFor, type Side } from "./side.ts";

/** What both have, once they have the same. */
export interface Same {
  readonly tables: number;
  readonly rows: number;
  /** Rows in parts that were copied again. */
  readonly copied: number;
  /** Of all that is in it. */
  readonly checksum: string;
}

/** So often what differs is copied; who still finds something then has somebody writing. */
const rounds = 3;

/** Parts named in one statement, at most; beyond that a table is copied whole. */
const mostParts = 2_000;

/**
 * Makes the rows of one database those of another of the same shape. Both count and sum up their tables part by part; only
 * parts that differ are copied; and once more, until none does. `isLive`: it goes on changing, so once is enough.
 */
export async function catchUp(
  source: Side,
  target: Side,
  {
    isLive = false,
    progress = () => {},
  }: { readonly isLive?: boolean; readonly progress?: (says: string) => void } = {},
): Promise<Same> {
  const [from, to] = await Promise.all([openDatabaseAt(source.place), openDatabaseAt(target.place)]);
  try {
    const tables = await tablesOf(from, source.place.database);
    let copied = 0;
    for (let round = 0; ; round++) {
      progress("compares");
      const [here, there] = await Promise.all([contents(from, tables), contents(to, tables)]);
      const wanting = tables.flatMap((table, index) => {
        const parts = differing(here[index]!, there[index]!);
        return parts.length === 0 ? [] : [{ table, parts, content: here[index]! }];
      });
      if (wanting.length === 0 || (isLive && round > 0)) {
        await carryOn(from, to);
        return {
          tables: tables.length,
          rows: here.reduce((sum, each) => sum + rowsIn(each), 0),
          copied,
          checksum: sumOf(tables, here),
        };
      }
      if (round === rounds)
        throw new Error(
          `somebody writes to ${wanting.map(({ table }) => table.name).join(", ")} of ${source.place.database}`,
        );
      await dropTriggers(to, source.place.database);
      for (const { table, parts, content } of wanting) {
        progress(`copies ${parts.length} parts of ${table.name}`);
        await copyParts(source, target, to, from, table, parts);
        copied += parts.reduce((sum, part) => sum + Number(content.get(part)?.split(" ")[0] ?? 0), 0);
      }
    }
  } finally {
    await Promise.all([from, to].map((each) => each.close().catch(() => {})));
  }
}

/** What they would do has been done by those of the source. They are copied again afterwards. */
async function dropTriggers(to: Database, name: string): Promise<void> {
  if (to.dialect !== "mysql") return;
  const found = await to.rows(
    `SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = ${quotedText("mysql", name)}`,
  );
  for (const [trigger] of found) await to.run(`DROP TRIGGER IF EXISTS ${quotedName("mysql", String(trigger))}`);
}

async function contents(database: Database, tables: readonly MovedTable[]): Promise<Content[]> {
  const found: Content[] = [];
  for (const table of tables) found.push(await contentOf(database, table));
  return found;
}

async function copyParts(
  source: Side,
  target: Side,
  to: Database,
  from: Database,
  { sql, name, columns, part }: MovedTable,
  parts: readonly string[],
): Promise<void> {
  const where = parts.length > mostParts ? "" : `${part} IN (${parts.map(numberOnly).join(", ")})`;
  const suffix = where === "" ? "" : ` WHERE ${where}`;
  if (to.dialect === "mysql") {
    await to.run("SET FOREIGN_KEY_CHECKS = 0");
    await to.run(`DELETE FROM ${sql}${suffix}`);
    const { place } = source;
    const dump = programFor({ place: { ...place, database: "" } }, "mariadb-dump", [
      "--no-create-info",
      "--skip-triggers",
      "--single-transaction",
      "--quick",
      "--hex-blob",
      "--complete-insert",
      "--skip-comments",
      "--skip-add-locks",
      "--default-character-set=utf8mb4",
      ...(where === "" ? [] : [`--where=${where}`]),
    ]);
    const named = [...dump.argv.slice(0, -1), place.database, name] as unknown as readonly [string, ...string[]];
    await pipe({ ...dump, argv: named }, programFor(target, "mariadb", ["--default-character-set=utf8mb4", "--batch"]));
    return;
  }
  // Neither triggers nor references are looked at: the source has looked.
  await to.run("SET session_replication_role = replica");
  const list = columns.map((column) => quotedName("postgres", column)).join(", ");
  await to.run("BEGIN");
  await to.run(`DELETE FROM ${sql}${suffix}`);
  await to.copyIn!(`COPY ${sql} (${list}) FROM STDIN`, from.copy!(`SELECT ${list} FROM ${sql}${suffix}`));
  await to.run("COMMIT");
}

/** Parts are numbers, and come from the servers. */
function numberOnly(part: string): string {
  if (!/^-?\d+$/.test(part)) throw new Error(`a part of a table is called ${part}`);
  return part;
}

/** What counts on by itself does so from where it stands. */
async function carryOn(from: Database, to: Database): Promise<void> {
  if (from.dialect === "mysql") return;
  const sequences = await from.rows(
    "SELECT schemaname, sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL ORDER BY 1, 2",
  );
  for (const [schema, name, value] of sequences) {
    const sequence = [schema, name].map((each) => quotedName("postgres", String(each))).join(".");
    await to.rows(`SELECT setval(${quotedText("postgres", sequence)}, ${numberOnly(String(value))})`);
  }
  const views = await to.rows("SELECT schemaname, matviewname FROM pg_matviews WHERE ispopulated ORDER BY 1, 2");
  for (const each of views)
    await to.run(`REFRESH MATERIALIZED VIEW ${each.map((part) => quotedName("postgres", String(part))).join(".")}`);
}

function sumOf(tables: readonly MovedTable[], contents: readonly Content[]): string {
  const digest = createHash("sha256");
  for (const [index, { name }] of tables.entries())
    digest.update(
      `${name}\n${[...contents[index]!]
        .map((pair) => pair.join(" "))
        .sort()
        .join("\n")}\n`,
    );
  return digest.digest("hex").slice(0, 16);
}
