import { randomBytes } from "node:crypto";
import { resolve } from "node:path/posix";
import { z } from "zod";
import { type Cell, type Database, databasePlace } from "../../host/databases/database.ts";
import { quotedName } from "../../host/databases/quoting.ts";
import { readText } from "../../host/input.ts";
import { isThere, openOutput, removeFile } from "../../host/output.ts";
import { UserError } from "../../model/problem.ts";
import { type At, type Doing, runbook } from "../runbook.ts";
import { withDatabase } from "../with-database.ts";
import { anonymizer } from "./anonymize.ts";
import { type Closure, findClosure, type Part, tableNamed, type Wanted } from "./closure.ts";
import { graphLines, graphSvg } from "./graph.ts";
import { loadInto } from "./load.ts";
import { loadOrder, type Order } from "./order.ts";
import { readRelations, type Said } from "./relations-file.ts";
import { readSchema, type Schema } from "./schema.ts";
import { writeDelete } from "./write-delete.ts";
import { writeJson } from "./write-json.ts";
import { literalSql, writeMysql } from "./write-mysql.ts";
import { writePostgres } from "./write-postgres.ts";
import { asText, type Piece, type Writing } from "./writing.ts";

const place = z
  .string()
  .max(2_000)
  .refine((text) => databasePlace(text), "must be like mysql://user@host/database or postgres:///database");

/** Whoever goes on with it may stand elsewhere. */
const file = z.string().transform((path) => resolve(path));

export const dumpRowsInput = z.strictObject({
  from: place.describe("The database: mysql://user@host/shop, postgres:///shop (this machine, by its socket)."),
  table: z.string().min(1).describe("Where it begins."),
  where: z.string().min(1).optional().describe('Which rows of it, in SQL: "id = 42". Default: all.'),
  children: z
    .string()
    .default("all")
    .describe("What comes along that belongs to them: all, none, or tables with commas between."),
  depth: z.int().min(0).max(1_000).default(1_000).describe("How many steps down, from those that are wanted."),
  maxRows: z.int().min(1).default(10_000_000).describe("More than that is refused."),
  relations: file
    .optional()
    .describe("A YAML file: relations that the schema does not declare, and what is to be anonymized."),
  to: z
    .string()
    .refine(
      (to) => !to.includes("://") || databasePlace(to) !== undefined,
      "must be a file, or like mysql://user@host/database or postgres:///database",
    )
    .transform((to) => (to === "-" || databasePlace(to) ? to : resolve(to)))
    .default("-")
    .describe("A file, another database (mysql://, postgres://), or - for the standard output."),
  format: z.enum(["sql", "jsonl"]).default("sql").describe("SQL, or JSON Lines."),
  dialect: z.enum(["mysql", "postgres"]).optional().describe("Whose SQL. Default: that of the database."),
  delete: z.boolean().default(false).describe("Instead: SQL that deletes them, in the right order."),
  svg: file.optional().describe("A file for a drawing of what belongs together."),
});

export type DumpRowsInput = z.output<typeof dumpRowsInput>;

interface Scope {
  readonly server: string;
  readonly remarks: readonly string[];
}

/** A row and everything that belongs to it. */
export const dumpRows = runbook<DumpRowsInput, Scope>({
  name: "dump-rows",
  summary:
    "Write rows of a database with all that they refer to and all that belongs to them, so that they can be loaded.",
  input: dumpRowsInput,
  title: ({ from, table, where }) =>
    `${table}${where === undefined ? "" : ` where ${where}`}, of ${databasePlace(from)!.shown}`,
  touches: ({ to }) => (to === "-" ? [] : [`output ${databasePlace(to)?.shown ?? to}`]),
  async prepare(input) {
    return withDatabase(input.from, async (database) => {
      const schema = await readSchema(database);
      tableNamed(schema, input.table);
      saidOf(input, schema);
      wantedOf(input, schema);
      const { to, format, dialect } = input;
      const target = databasePlace(to);
      if (target && format === "jsonl") throw new UserError("JSON Lines go to a file, not into a database");
      if (target && dialect && dialect !== target.dialect)
        throw new UserError(`--dialect ${dialect} is not what ${target.shown} understands`);
      if (to !== "-" && !target && isThere(to))
        throw new UserError(`${to} is there already; nothing is written over it`);
      return { server: database.server, remarks: schema.remarks };
    });
  },
  steps: (input, { remarks }) => [writing(input, remarks)],
});

const isTold = "begun";
const isWritten = "written";

function writing(input: DumpRowsInput, remarks: readonly string[]): Doing {
  const target = databasePlace(input.to);
  const isFile = input.to !== "-" && !target;
  return {
    name: "write",
    async plan() {
      const lines = await reading(input, undefined, async ({ closure, order }) => {
        if (input.svg !== undefined) await writeWhole(input.svg, graphSvg(closure, order));
        return graphLines(closure);
      });
      return { does: [...lines, ...remarks.map((remark) => `note: ${remark}`)] };
    },
    check: async (at) => (isFile ? at.recall(isTold) === true && isThere(input.to) : at.recall(isWritten) === true),
    async run(at) {
      if (isFile && at.recall(isTold) !== true && isThere(input.to))
        throw new UserError(`${input.to} is there already; nothing is written over it`);
      at.remember(isTold, true);
      for (const remark of remarks) at.say(remark);
      await reading(input, at, async (found) => {
        const rows = found.closure.parts.reduce((sum, { own, needed }) => sum + own + needed, 0);
        if (input.svg !== undefined) await writeWhole(input.svg, graphSvg(found.closure, found.order));
        const pieces = piecesOf(input, found, rows, at);
        if (target) await loadInto(input.to, pieces);
        else await writeOut(input.to, pieces);
        at.figure({ name: "written", value: rows, unit: "rows" });
        at.figure({ name: "tables", value: found.closure.parts.length, unit: "tables" });
      });
      at.remember(isWritten, true);
    },
    async undo(at) {
      if (isFile && at.recall(isTold) === true) removeFile(input.to);
    },
  };
}

interface Found {
  readonly database: Database;
  readonly schema: Schema;
  readonly said: Said;
  readonly closure: Closure;
  readonly order: Order;
}

/** Finds what belongs together, and has it read as long as the snapshot stands. */
async function reading<T>(input: DumpRowsInput, at: At | undefined, use: (found: Found) => Promise<T>): Promise<T> {
  return withDatabase(input.from, async (database) => {
    const declared = await readSchema(database);
    const said = saidOf(input, declared);
    const schema = { ...declared, relations: [...declared.relations, ...said.relations] };
    const closure = await findClosure(database, schema, wantedOf(input, schema), {
      progress: (done, table) => at?.progress({ done, unit: "rows", says: `found, the last ones in ${table}` }),
      breathe: () => at?.breathe(),
    });
    const names = closure.parts.map(({ table }) => table.name);
    const order = loadOrder(names, schema.relations);
    const parts = order.tables.map((name) => closure.parts.find(({ table }) => table.name === name)!);
    return use({ database, schema, said, closure: { ...closure, parts }, order });
  });
}

function piecesOf(
  input: DumpRowsInput,
  { database, said, closure, order }: Found,
  rows: number,
  at: At,
): AsyncIterable<Piece> {
  const { dialect: from } = database;
  const key = randomBytes(32);
  let done = 0;
  const written = (count: number, table: string) => {
    at.breathe();
    done += count;
    at.progress({ done, of: rows, unit: "rows", says: table });
  };
  const select = (part: Closure["parts"][number], columns: readonly { readonly name: string }[]) =>
    `SELECT ${columns.map(({ name }) => `t.${quotedName(from, name)}`).join(", ")} ${input.delete ? part.fromOwn : part.from}`;
  async function* texts({ table }: Part, sql: string): AsyncGenerator<readonly string[]> {
    for await (const some of database.stream(sql)) {
      written(some.length, table.name);
      yield some.map(([text]) => {
        if (text === null)
          throw new Error(`a row of ${table.name} is longer than the server says (max_allowed_packet)`);
        return text!.toString();
      });
    }
  }
  const writing: Writing = {
    parts: closure.parts,
    order,
    from,
    isChanged: ({ name }) => said.rules.has(name),
    async *rowsOf(part, columns) {
      const rules = said.rules.get(part.table.name);
      const changes = columns.map(({ name }) => (rules?.has(name) ? anonymizer(rules.get(name)!, key) : undefined));
      for await (const some of database.stream(select(part, columns))) {
        written(some.length, part.table.name);
        yield rules ? some.map((row) => row.map((cell, index) => (changes[index] ?? same)(cell))) : some;
      }
    },
    ...(from === "mysql" &&
      said.rules.size === 0 && {
        textsOf(part, columns) {
          const row = literalSql(columns);
          return row === undefined
            ? undefined
            : texts(part, `SELECT ${row} ${input.delete ? part.fromOwn : part.from}`);
        },
      }),
    ...(database.copy &&
      said.rules.size === 0 && {
        async *copyOf(part, columns) {
          for await (const bytes of database.copy!(select(part, columns))) {
            written(linesIn(bytes), part.table.name);
            yield bytes;
          }
        },
      }),
  };
  if (input.delete) return writeDelete(writing);
  if (input.format === "jsonl") return writeJson(writing);
  const dialect = databasePlace(input.to)?.dialect ?? input.dialect ?? from;
  return dialect === "mysql" ? writeMysql(writing) : writePostgres(writing);
}

const same = (cell: Cell): Cell => cell;

function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let place = bytes.indexOf(10); place >= 0; place = bytes.indexOf(10, place + 1)) count++;
  return count;
}

async function writeOut(to: string, pieces: AsyncIterable<Piece>): Promise<void> {
  const output = openOutput(to);
  try {
    for await (const part of asText(pieces)) await output.write(part);
    await output.finish();
  } catch (error) {
    output.discard();
    throw error;
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const output = openOutput(path);
  await output.write(text);
  await output.finish();
}

const saidOf = ({ relations }: DumpRowsInput, schema: Schema): Said =>
  relations === undefined ? { relations: [], rules: new Map() } : readRelations(readText(relations), relations, schema);

function wantedOf({ table, where, children, depth, maxRows }: DumpRowsInput, schema: Schema): Wanted {
  const names = children === "all" || children === "none" ? children : children.split(",").map((name) => name.trim());
  if (Array.isArray(names)) for (const name of names) tableNamed(schema, name);
  return { table, ...(where !== undefined && { where }), children: names, depth, mostRows: maxRows };
}
