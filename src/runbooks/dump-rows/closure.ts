import type { Database, Dialect } from "../../host/databases/database.ts";
import { quotedName } from "../../host/databases/quoting.ts";
import { UserError } from "../../model/problem.ts";
import { beginSnapshot, type Keys, keysOf, put, type Select, same } from "./keys.ts";
import type { Relation, Schema, Table } from "./schema.ts";

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
  const leaves = leavesOf(relations, schema, wanted);
  const all = new Map<string, Keys>();
  for (const name of involved)
    if (!leaves.has(name)) all.set(name, keysOf(schema.tables.get(name)!, all.size, dialect));
  await beginSnapshot(database, [...all.values()]);

  const found = new Map<string, number>();
  const ways = new Map<string, { relation: Relation; direction: Way["direction"]; rows: number }>();
  /** By which ways the rows of a table and a wave came. */
  const came = new Map<string, Set<string>>();
  let total = 0;
  async function add(keys: Keys, select: Select, isOwn: boolean, wave: number): Promise<number> {
    breathe();
    const more = await put(database, keys, select, isOwn, wave);
    found.set(`${keys.table.name} ${wave}`, (found.get(`${keys.table.name} ${wave}`) ?? 0) + more);
    total += more;
    progress(total, keys.table.name);
    // A row that becomes a wanted one counts again: only then is it counted what there is.
    if (total > wanted.mostRows) total = await countAll();
    refuseMore(total, keys.table.name);
    return more;
  }

  function refuseMore(rows: number, last: string) {
    if (rows > wanted.mostRows)
      throw new UserError(
        `more than ${wanted.mostRows.toLocaleString("en")} rows belong to it, the last ones in ${last}; say more in --max-rows, or fewer with --children or --depth`,
      );
  }

  async function countAll(): Promise<number> {
    let sum = 0;
    for (const { sql } of all.values()) sum += Number((await database.rows(`SELECT count(*) FROM ${sql}`))[0]![0]);
    return sum;
  }

  const first = all.get(table.name)!;
  const where = wanted.where === undefined ? "" : ` WHERE (${wanted.where})`;
  const start = `SELECT ${first.of(table.sql).join(", ")} FROM ${table.sql}${where}`;
  await add(first, { sql: start, isDistinct: table.key !== undefined }, true, 0);
  for (let wave = 0; ; wave++) {
    let isMore = false;
    for (const relation of relations) {
      const parent = all.get(relation.parent)!;
      const name = `${relation.child} (${relation.columns.join()}) ${relation.parent} (${relation.parentColumns.join()})`;
      const go = async (direction: Way["direction"], from: Keys, to: Keys, select: Select) => {
        if (!found.get(`${from.table.name} ${wave}`)) return;
        const rows = await add(to, select, direction === "down", wave + 1);
        if (rows === 0) return;
        isMore = true;
        const key = `${direction} ${name}`;
        const there = `${to.table.name} ${wave + 1}`;
        came.set(there, (came.get(there) ?? new Set<string>()).add(key));
        ways.set(key, { relation, direction, rows: (ways.get(key)?.rows ?? 0) + rows });
      };
      const leaf = leaves.get(relation.child);
      if (leaf) {
        const above = all.get(leaf.parent)!;
        if (relation !== leaf && wave < wanted.depth)
          await go(
            "up",
            above,
            parent,
            upwards(relation, fromLeaf(leaf, above, schema, "c"), ownIn(wave), parent, dialect),
          );
        continue;
      }
      const child = all.get(relation.child)!;
      // Whoever came down by a relation has who they refer to by it there already.
      const by = came.get(`${relation.child} ${wave}`);
      if (by?.size !== 1 || !by.has(`down ${name}`))
        await go("up", child, parent, upwards(relation, fromKept(child, "c"), [`s.wave = ${wave}`], parent, dialect));
      if (wave < wanted.depth && comesAlong(wanted, relation))
        await go("down", parent, child, downwards(relation, child, parent, wave, dialect));
    }
    if (!isMore) break;
  }

  const parts: Part[] = [];
  for (const keys of all.values()) {
    const from = fromKept(keys, "t");
    // Several rows that are all alike have one key.
    const counted = keys.table.key ? `FROM ${keys.sql} s` : from;
    const numbers = await database.rows(`SELECT s.own, count(*) ${counted} GROUP BY s.own`);
    const count = (own: string) => Number(numbers.find(([value]) => String(value) === own)?.[1] ?? 0);
    const [own, needed] = [count("1"), count("0")];
    if (own + needed > 0) parts.push({ table: keys.table, own, needed, from, fromOwn: `${from} WHERE s.own = 1` });
  }
  for (const [name, relation] of leaves) {
    const from = `${fromLeaf(relation, all.get(relation.parent)!, schema, "t")} WHERE s.own = 1 AND s.wave < ${wanted.depth}`;
    const own = Number((await database.rows(`SELECT count(*) ${from}`))[0]![0]);
    if (own === 0) continue;
    total += own;
    refuseMore(total, name);
    ways.set(`down leaf ${name}`, { relation, direction: "down", rows: own });
    parts.push({ table: schema.tables.get(name)!, own, needed: 0, from, fromOwn: from });
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

/**
 * Tables to which nobody refers and to which one way leads: that one, down from a key. Their rows are those that belong to
 * wanted ones there, so nothing is kept of them; most rows are in such tables.
 */
function leavesOf(relations: readonly Relation[], { tables }: Schema, wanted: Wanted): ReadonlyMap<string, Relation> {
  const leaves = new Map<string, Relation>();
  for (const name of new Set(relations.map(({ child }) => child))) {
    if (name === wanted.table || relations.some(({ parent }) => parent === name)) continue;
    const leading = relations.filter((relation) => relation.child === name && comesAlong(wanted, relation));
    const [one] = leading;
    if (one && leading.length === 1 && one.where === undefined && placesInKey(one, tables.get(one.parent)!))
      leaves.set(name, one);
  }
  return leaves;
}

/** Where the columns that are referred to are in the key; nothing, if they are not the key. */
const placesInKey = ({ parentColumns }: Relation, { key }: Table): readonly number[] | undefined =>
  key?.length === parentColumns.length && key.every((name) => parentColumns.includes(name))
    ? key.map((name) => parentColumns.indexOf(name))
    : undefined;

/** Rows of a table whose keys are kept, called `alias`; their keys are called `s`. */
const fromKept = (keys: Keys, alias: string): string =>
  `FROM ${keys.sql} s JOIN ${keys.table.sql} ${alias} ON ${same(keys, alias, "s")}`;

/** Rows that belong to rows whose keys are kept, and are called `s`. */
const fromLeaf = (relation: Relation, parent: Keys, { tables, dialect }: Schema, alias: string): string =>
  `FROM ${parent.sql} s JOIN ${tables.get(relation.child)!.sql} ${alias} ON ${refersToKey(relation, parent, alias, dialect)}`;

/** That a row of the child refers to one of those, whose key it refers to. */
const refersToKey = (relation: Relation, parent: Keys, alias: string, dialect: Dialect): string =>
  placesInKey(relation, parent.table)!
    .map((place, index) => `${alias}.${quotedName(dialect, relation.columns[place]!)} = s.${parent.names[index]}`)
    .join(" AND ");

/** Those that were found in a wave, and are wanted for themselves. */
const ownIn = (wave: number): readonly string[] => [`s.wave = ${wave}`, "s.own = 1"];

/** Keys of the rows that others refer to, which are called `c`. */
function upwards(
  relation: Relation,
  from: string,
  conditions: readonly string[],
  parent: Keys,
  dialect: Dialect,
): Select {
  const own = relation.columns.map((name) => `c.${quotedName(dialect, name)}`);
  const where = [...conditions, ...(relation.where === undefined ? [] : [`(${relation.where})`])].join(" AND ");
  const places = relation.isDeclared ? placesInKey(relation, parent.table) : undefined;
  const sql = places
    ? `SELECT DISTINCT ${places.map((place) => own[place]).join(", ")} ${from} WHERE ${where} AND ${own.map((column) => `${column} IS NOT NULL`).join(" AND ")}`
    : `SELECT DISTINCT ${parent.of("p").join(", ")} ${from} JOIN ${parent.table.sql} p ON ${matches(relation, dialect)} WHERE ${where}`;
  return { sql, isDistinct: true };
}

/** Keys of the rows that belong to rows of the last wave that are wanted for themselves. */
function downwards(relation: Relation, child: Keys, parent: Keys, wave: number, dialect: Dialect): Select {
  const where = [...ownIn(wave), ...(relation.where === undefined ? [] : [`(${relation.where})`])];
  const isKey = placesInKey(relation, parent.table) !== undefined;
  const from = isKey
    ? `FROM ${parent.sql} s JOIN ${child.table.sql} c ON ${refersToKey(relation, parent, "c", dialect)}`
    : `${fromKept(parent, "p")} JOIN ${child.table.sql} c ON ${matches(relation, dialect)}`;
  const sql = `SELECT ${child.of("c").join(", ")} ${from} WHERE ${where.join(" AND ")}`;
  return { sql, isDistinct: isKey && child.table.key !== undefined };
}

const matches = ({ columns, parentColumns }: Relation, dialect: Dialect): string =>
  columns
    .map((name, index) => `p.${quotedName(dialect, parentColumns[index]!)} = c.${quotedName(dialect, name)}`)
    .join(" AND ");
