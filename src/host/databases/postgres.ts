import { userInfo } from "node:os";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import type { Cell, Database, DatabasePlace } from "./database.ts";

/** PostgreSQL. Everything is text in UTF-8 as COPY writes it, times are UTC. */
export async function openPostgres(place: DatabasePlace): Promise<Database> {
  const { host, port, user, password, database, socket } = place;
  const client = new pg.Client({
    host: socket ?? host,
    port,
    user: user ?? userInfo().username,
    ...(password !== undefined && { password }),
    database,
    types: { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig,
  });
  await client.connect();
  // A connection that breaks is told by whatever is asked of it.
  client.on("error", () => {});
  await client.query(
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 3; SET client_encoding = 'UTF8'; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0",
  );
  const ask = async (text: string) => (await client.query({ text, rowMode: "array" })) as pg.QueryArrayResult<Cell[]>;
  const [[version]] = (await ask("SHOW server_version")).rows as unknown as [[string]];
  return {
    dialect: "postgres",
    server: `PostgreSQL ${version.split(" ")[0]}`,
    rows: async (sql) => (await ask(sql)).rows,
    async named(sql) {
      const { rows, fields } = await ask(sql);
      return rows.map((row) => Object.fromEntries(row.map((cell, index) => [fields[index]!.name, cell])));
    },
    async *stream(sql) {
      yield* rowsOf(client.query(copyTo(`COPY (${sql}) TO STDOUT`)));
    },
    copy: (sql) => client.query(copyTo(`COPY (${sql}) TO STDOUT`)),
    async copyIn(sql, lines) {
      await pipeline(lines, client.query(copyFrom(sql)));
    },
    run: async (sql) => (await ask(sql)).rowCount ?? 0,
    close: () => client.end(),
  };
}

/** The rows in what COPY writes: tabs between columns, a line each, see "Text Format" in PostgreSQL's COPY. */
async function* rowsOf(parts: AsyncIterable<Buffer>): AsyncGenerator<readonly (readonly Cell[])[]> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const part of parts) {
    const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
    rest = lines.pop()!;
    if (lines.length > 0) yield lines.map(cellsOf);
  }
}

const cellsOf = (line: string): Cell[] =>
  line.split("\t").map((text) => (text === "\\N" ? null : text.includes("\\") ? unescaped(text) : text));

const unescaped = (text: string): string => text.replace(/\\(.)/g, (_, sign: string) => escapes[sign] ?? sign);

const escapes: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
