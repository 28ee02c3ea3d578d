import type { Cell, Database, Dialect } from "../../host/databases/database.ts";
import { UserError } from "../../model/problem.ts";
import { quoted, type Relation, type Schema, type Table } from "./schema.ts";
import { bytesOf, type Sort, sortOf, textOf } from "./values.ts";

/** Which rows are wanted. */
export interface Wanted {
  readonly table: string;
  /** In SQL; without it, all rows. */
  readonly where?: string;
  /** Tables whose rows come along when they belong to one that is wanted for itself. */
  readonly children: "all" | "none" | readonly string[];
  /** How many steps down. */
  readonly depth: number;
  readonly mostRows: number;
}

/** Rows that belong together, by table. */
export interface Closure {
  readonly parts: readonly Part[];
  /** By which relations they came, and how many there were. */
  readonly ways: readonly Way[];
}

/** The rows of one table. */
export interface Part {
  readonly table: Table;
  /** Wanted for themselves, or because they belong to such. */
  readonly own: number;
  /** Others refer to them. */
  readonly needed: number;
  /** In SQL: `FROM` these rows, the table being called `t`. */
  readonly from: string;
  /** Of those that are wanted for themselves alone. */
  readonly fromOwn: string;
}

export interface Way {
  readonly relation: Relation;
  readonly direction: "up" | "down";
  readonly rows: number;
}

/** What the rows of a table are kept by: a table of their keys, which goes with the connection. */
interface Keys {
  readonly table: Table;
  /** The table of keys, in SQL. */
  readonly sql: string;
  /** Its columns: `k0`, `k1`. */
  readonly names: readonly string[];
  /** What they are of a row of the table that is called so. */
  readonly of: (alias: string) => readonly string[];
}

/**
 * Finds the rows that are wanted, all that they refer to, and, as wanted, all that refer to them. Every question is asked of
 * one snapshot; what was found is kept by the server, so that memory does not grow with it. Until the connection ends, the
 * parts can be read.
 *
 * Down go only rows that are wanted for themselves: who is there because somebody refers to them does not bring along
 * everything else that belongs to them.
 */
export async function findClosure(
  database: Database,
  schema: Schema,
  wanted: Wanted,
  { progress, breathe }: { progress: (rows: number, table: string) => void; breathe: () => void },
): Promise<Closure> {
  const { dialect } = database;
  const table = tableNamed(schema, wanted.table);
  const relations = reachable(schema, wanted);
  const involved = new Set([table.name, ...relations.flatMap(({ child, parent }) => [child, parent])]);
  const all = new Map<string, Keys>();
  for (const name of involved) all.set(name, keysOf(schema.tables.get(name)!, all.size, dialect));
  await beginSnapshot(database, [...all.values()]);

  const found = new Map<string, number>();
  const ways = new Map<string, { relation: Relation; direction: Way["direction"]; rows: number }>();
  let total = 0;
  async function add(keys: Keys, select: string, isOwn: boolean, wave: number): Promise<number> {
    breathe();
    const more = await put(database, keys, select, isOwn, wave);
    found.set(`${keys.table.name} ${wave}`, (found.get(`${keys.table.name} ${wave}`) ?? 0) + more);
    total += more;
    progress(total, keys.table.name);
    if (total > wanted.mostRows)
      throw new UserError(
        `more than ${wanted.mostRows.toLocaleString("en")} rows belong to it, the last ones in ${keys.table.name}; say more in --max-rows, or fewer with --children or --depth`,
      );
    return more;
  }

  const first = all.get(table.name)!;
  const where = wanted.where === undefined ? "" : ` WHERE (${wanted.where})`;
  await add(first, `SELECT ${first.of(table.sql).join(", ")} FROM ${table.sql}${where}`, true, 0);
  for (let wave = 0; ; wave++) {
    let isMore = false;
    for (const relation of relations) {
      const [child, parent] = [all.get(relation.child)!, all.get(relation.parent)!];
      const go = async (direction: Way["direction"], from: Keys, to: Keys, select: string) => {
        if (!found.get(`${from.table.name} ${wave}`)) return;
        const rows = await add(to, select, direction === "down", wave + 1);
        if (rows === 0) return;
        isMore = true;
        const key = `${direction} ${child.table.name} ${relation.columns.join()} ${parent.table.name}`;
        const way = ways.get(key);
        ways.set(key, { relation, direction, rows: (way?.rows ?? 0) + rows });
      };
      await go("up", child, parent, upwards(relation, child, parent, wave, dialect));
      if (wave < wanted.depth && comesAlong(wanted, relation))
        await go("down", parent, child, downwards(relation, child, parent, wave, dialect));
    }
    if (!isMore) break;
  }

  const parts: Part[] = [];
  for (const keys of all.values()) {
    const from = `FROM ${keys.sql} s JOIN ${keys.table.sql} t ON ${same(keys, "t", "s")}`;
    // Several rows that are all alike have one key.
    const counted = keys.table.key ? `FROM ${keys.sql} s` : from;
    const count = async (own: number) =>
      Number((await database.rows(`SELECT count(*) ${counted} WHERE s.own = ${own}`))[0]![0]);
    const [own, needed] = [await count(1), await count(0)];
    if (own + needed > 0) parts.push({ table: keys.table, own, needed, from, fromOwn: `${from} WHERE s.own = 1` });
  }
  return { parts, ways: [...ways.values()] };
}

export function tableNamed(schema: Schema, name: string): Table {
  const table = schema.tables.get(name);
  if (table) return table;
  const names = [...schema.tables.keys()];
  const some = names.length > 20 ? `${names.slice(0, 20).join(", ")} ... (${names.length})` : names.join(", ");
  throw new UserError(`there is no table ${name}; there are: ${some || "none"}`);
}

const comesAlong = ({ children }: Wanted, { child }: Relation): boolean =>
  children === "all" || (children !== "none" && children.includes(child));

/** Relations that can matter, seen from a table; what cannot be reached needs no keys. */
function reachable({ relations }: Schema, wanted: Wanted): Relation[] {
  // Own rows are in tables that can be reached downwards, others above any of these.
  const own = new Set([wanted.table]);
  const above = new Set([wanted.table]);
  for (let size = -1; size !== own.size + above.size; ) {
    size = own.size + above.size;
    for (const relation of relations) {
      if (own.has(relation.parent) && comesAlong(wanted, relation) && wanted.depth > 0) {
        own.add(relation.child);
        above.add(relation.child);
      }
      if (above.has(relation.child)) above.add(relation.parent);
    }
  }
  return relations.filter(
    (relation) =>
      above.has(relation.child) || (own.has(relation.parent) && comesAlong(wanted, relation) && wanted.depth > 0),
  );
}

function keysOf(table: Table, number: number, dialect: Dialect): Keys {
  const expressions = ((): ((alias: string) => readonly string[]) => {
    const { key, columns } = table;
    if (key) return (alias) => key.map((name) => `${alias}.${quoted(dialect, name)}`);
    if (dialect === "postgres") return (alias) => [`${alias}.tableoid`, `${alias}.ctid`];
    // Rows that are all alike are one, and are read as many times as there are.
    return (alias) => [
      `MD5(CONCAT_WS(0x1f, ${columns.map(({ name }) => `QUOTE(${alias}.${quoted(dialect, name)})`).join(", ")}))`,
    ];
  })();
  return {
    table,
    sql: quoted(dialect, `upkeep_rows_${number}`),
    names: expressions("t").map((_, index) => `k${index}`),
    of: expressions,
  };
}

async function beginSnapshot(database: Database, all: readonly Keys[]): Promise<void> {
  const isMysql = database.dialect === "mysql";
  if (!isMysql) await database.run("BEGIN ISOLATION LEVEL REPEATABLE READ");
  else await database.run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  for (const { table, sql, names, of } of all) {
    const columns = of("t").map((expression, index) => `${expression} AS ${names[index]}`);
    const select = `SELECT ${columns.join(", ")}, 0 AS own, 0 AS wave FROM ${table.sql} t`;
    if (isMysql)
      await database.run(
        `CREATE TEMPORARY TABLE ${sql} (PRIMARY KEY (${names.join(", ")}), KEY (wave)) ${select} LIMIT 0`,
      );
    else {
      await database.run(`CREATE TEMPORARY TABLE ${sql} ON COMMIT DROP AS ${select} WITH NO DATA`);
      await database.run(`ALTER TABLE ${sql} ADD PRIMARY KEY (${names.join(", ")})`);
      await database.run(`CREATE INDEX ON ${sql} (wave)`);
    }
  }
  if (isMysql) await database.run("START TRANSACTION WITH CONSISTENT SNAPSHOT");
}

/** So many keys are handed back to a server together. */
const together = 5_000;

/** Adds the keys that are selected; a row that was only needed may become one that is wanted. Returns how many are news. */
async function put(
  database: Database,
  { table, sql, names }: Keys,
  select: string,
  isOwn: boolean,
  wave: number,
): Promise<number> {
  const own = isOwn ? 1 : 0;
  if (database.dialect === "postgres") {
    const keys = names.join(", ");
    const onConflict = isOwn ? `DO UPDATE SET own = 1, wave = ${wave} WHERE s.own = 0` : "DO NOTHING";
    const distinct = `SELECT DISTINCT ${keys} FROM (${select}) AS found (${keys})`;
    const rows = await database.run(
      `INSERT INTO ${sql} AS s SELECT ${keys}, ${own}, ${wave} FROM (${distinct}) d ON CONFLICT (${keys}) ${onConflict}`,
    );
    if (rows > 1_000) await database.run(`ANALYZE ${sql}`);
    return rows;
  }
  // The server would take locks, and look at what is newer than the snapshot, if it did this by itself.
  const sorts = table.key?.map((name) => sortOf("mysql", table.columns.find((column) => column.name === name)!)) ?? [];
  let rows = 0;
  const batches: string[] = [];
  for await (const some of database.stream(select))
    for (let start = 0; start < some.length; start += together)
      batches.push(
        some
          .slice(start, start + together)
          .map((row) => `(${row.map((cell, index) => literal(cell, sorts[index] ?? "text")).join(",")},${own},${wave})`)
          .join(","),
      );
  for (const values of batches) {
    const change = isOwn ? `wave = IF(own = 0, ${wave}, wave), own = 1` : "own = own";
    const changed = await database.run(`INSERT INTO ${sql} VALUES ${values} ON DUPLICATE KEY UPDATE ${change}`);
    rows += changed;
  }
  return rows;
}

const literal = (cell: Cell, sort: Sort | undefined): string => {
  if (cell === null) return "NULL";
  if (sort === "bytes" || sort === "bits") return `X'${bytesOf(cell).toString("hex")}'`;
  const text = textOf(cell);
  return /^-?\d{1,18}$/.test(text) ? text : `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
};

const same = (keys: Keys, table: string, set: string): string =>
  keys
    .of(table)
    .map((expression, index) => `${expression} = ${set}.${keys.names[index]}`)
    .join(" AND ");

/** Where the columns that are referred to are in the key; nothing, if they are not the key. */
const placesInKey = ({ parentColumns }: Relation, { table }: Keys): readonly number[] | undefined =>
  table.key?.length === parentColumns.length && table.key.every((name) => parentColumns.includes(name))
    ? table.key.map((name) => parentColumns.indexOf(name))
    : undefined;

/** Keys of the rows that rows of the last wave refer to. */
function upwards(relation: Relation, child: Keys, parent: Keys, wave: number, dialect: Dialect): string {
  const own = relation.columns.map((name) => `c.${quoted(dialect, name)}`);
  const from = `FROM ${child.sql} s JOIN ${child.table.sql} c ON ${same(child, "c", "s")}`;
  const where = [`s.wave = ${wave}`, ...(relation.where === undefined ? [] : [`(${relation.where})`])].join(" AND ");
  const places = relation.isDeclared ? placesInKey(relation, parent) : undefined;
  if (places)
    return `SELECT DISTINCT ${places.map((place) => own[place]).join(", ")} ${from} WHERE ${where} AND ${own.map((column) => `${column} IS NOT NULL`).join(" AND ")}`;
  return `SELECT DISTINCT ${parent.of("p").join(", ")} ${from} JOIN ${parent.table.sql} p ON ${matches(relation, dialect)} WHERE ${where}`;
}

/** Keys of the rows that belong to rows of the last wave that are wanted for themselves. */
function downwards(relation: Relation, child: Keys, parent: Keys, wave: number, dialect: Dialect): string {
  const where = [`s.wave = ${wave}`, "s.own = 1", ...(relation.where === undefined ? [] : [`(${relation.where})`])];
  const places = placesInKey(relation, parent);
  const from = places
    ? `FROM ${parent.sql} s JOIN ${child.table.sql} c ON ${places
        .map((place, index) => `c.${quoted(dialect, relation.columns[place]!)} = s.${parent.names[index]}`)
        .join(" AND ")}`
    : `FROM ${parent.sql} s JOIN ${parent.table.sql} p ON ${same(parent, "p", "s")} JOIN ${child.table.sql} c ON ${matches(relation, dialect)}`;
  return `SELECT ${child.of("c").join(", ")} ${from} WHERE ${where.join(" AND ")}`;
}

const matches = ({ columns, parentColumns }: Relation, dialect: Dialect): string =>
  columns
    .map((name, index) => `p.${quoted(dialect, parentColumns[index]!)} = c.${quoted(dialect, name)}`)
    .join(" AND ");
