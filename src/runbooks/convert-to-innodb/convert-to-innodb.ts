import { z } from "zod";
import { type Database, serverPlace } from "../../host/databases/database.ts";
import { quotedName, quotedText } from "../../host/databases/quoting.ts";
import { rhythm } from "../../host/pace.ts";
import { roughly } from "../../model/duration.ts";
import { sizeOf, withThousands } from "../../model/number.ts";
import { UserError } from "../../model/problem.ts";
import { type Around, type At, type Doing, runbook } from "../runbook.ts";
import { withDatabase } from "../with-database.ts";
import { type Limits, reasonToWait } from "./pace.ts";
import { contentOf, type MyisamTable, readServer, type Server, tableSql } from "./tables.ts";

const isMysql = (text: string): boolean => serverPlace(text)?.dialect === "mysql";

export const convertToInnodbInput = z.strictObject({
  server: z
    .string()
    .max(2_000)
    .default("mysql:///")
    .refine(isMysql, "must be like mysql://user:password@host/ or mysql:///shop")
    .describe("The server, or one database of it: mysql:///shop. Default: all of this machine's, by its socket."),
  tables: z
    .string()
    .optional()
    .describe("These alone, with commas between: shop.orders,shop.items. Default: all that MyISAM keeps."),
  replicas: z
    .string()
    .default("")
    .refine(
      (text) => listOf(text).every(isMysql),
      "must be addresses like mysql://user:password@host/, with commas between",
    )
    .describe("Those that follow it, with commas between: it waits while one of them is behind."),
  maxLag: z.int().min(0).default(5).describe("How many seconds they may be behind."),
  maxThreads: z.int().min(1).default(20).describe("It waits while more statements than that run on the server."),
});

export type ConvertToInnodbInput = z.output<typeof convertToInnodbInput>;

const listOf = (text: string): readonly string[] =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);

/** MyISAM out, a table at a time. */
export const convertToInnodb = runbook<ConvertToInnodbInput, Server>({
  name: "convert-to-innodb",
  summary: "Have InnoDB keep what MyISAM keeps, the smallest table first, with everything counted before and after.",
  input: convertToInnodbInput,
  title: ({ server, tables }) => `${tables ?? "MyISAM's tables"} of ${serverPlace(server)!.shown}`,
  touches: ({ server }) => [`database server ${serverPlace(server)!.host || "here"}:${serverPlace(server)!.port}`],
  prepare: ({ server, tables }) =>
    withDatabase(server, async (database) => {
      const found = await readServer(database, serverPlace(server)!.database);
      const wanted = tables === undefined ? undefined : listOf(tables);
      for (const name of wanted ?? [])
        if (!found.tables.some((table) => nameOf(table) === name))
          throw new UserError(
            `MyISAM keeps no table ${name}; it keeps: ${found.tables.map(nameOf).slice(0, 20).join(", ") || "none"}`,
          );
      const chosen = found.tables.filter((table) => !wanted || wanted.includes(nameOf(table)));
      const [obstacle] = chosen.filter((table) => table.obstacle !== undefined);
      if (wanted && obstacle) throw new UserError(`${nameOf(obstacle)} cannot be converted: ${obstacle.obstacle}`);
      return { ...found, tables: chosen };
    }),
  steps: (input, server, around) =>
    server.tables
      .filter(({ obstacle }) => obstacle === undefined)
      .map((table, index) => conversion(table, input, server, around, index === 0)),
});

const nameOf = ({ database, name }: MyisamTable): string => `${database}.${name}`;

/** Bytes a second, until it has been measured. */
const assumed = 20 << 20;
const measured = "bytes a second";

function conversion(
  table: MyisamTable,
  input: ConvertToInnodbInput,
  server: Server,
  { host }: Around,
  isFirst: boolean,
): Doing {
  const sql = tableSql(table);
  const limits: Limits = { ...input, replicas: listOf(input.replicas) };
  const engine = async (database: Database): Promise<string> => {
    const rows = await database.named(
      `SHOW TABLE STATUS FROM ${quotedName("mysql", table.database)} WHERE Name = ${quotedText("mysql", table.name)}`,
    );
    return rows[0]?.Engine?.toString() ?? "";
  };
  return {
    name: nameOf(table),
    plan: () => ({
      does: [
        `${withThousands(table.rows)} rows, ${sizeOf(table.bytes)}; as InnoDB about ${sizeOf(table.bytes * 1.8)}, of which ${sizeOf(Math.min(server.pool, table.bytes * 1.8))} fit into its buffer (${sizeOf(server.pool)})`,
        ...(table.fullText.length > 0 && server.shortest[0] !== server.shortest[1]
          ? [
              `full-text search (${table.fullText.join(", ")}) finds words of ${server.shortest[1]} letters then, not of ${server.shortest[0]}, and ranks them otherwise`,
            ]
          : []),
        ...(table.rowFormat === "Fixed" ? ["its rows have a fixed length now, and will not"] : []),
        ...(isFirst ? remarksOf(server) : []),
      ],
      visitors: `whoever writes to it, or reads what others write, waits about ${roughly((3 * table.bytes * 1_000) / assumed)}`,
    }),
    check: () => withDatabase(input.server, async (database) => (await engine(database)) === "InnoDB"),
    async run(at) {
      await withDatabase(input.server, async (database) => {
        await calm(database, limits, at, host.clock);
        const began = host.clock.now();
        // Nobody writes between counting and converting. The lock goes with the connection.
        await database.run(`LOCK TABLES ${sql} WRITE`);
        at.progress({ done: 0, of: 3, unit: "steps", says: "counts" });
        const before = await contentOf(database, table);
        at.progress({ done: 1, of: 3, unit: "steps", says: `converts ${sizeOf(table.bytes)}, ${estimate(at, table)}` });
        await whileLooking(
          input.server,
          database,
          (done) =>
            at.progress({ done, of: 100, unit: "%", says: `converts ${sizeOf(table.bytes)}, ${estimate(at, table)}` }),
          host.clock,
          () =>
            database.run(
              `ALTER TABLE ${sql} ENGINE = InnoDB${table.rowFormat === "Fixed" ? " ROW_FORMAT = DYNAMIC" : ""}`,
            ),
        );
        at.progress({ done: 2, of: 3, unit: "steps", says: "counts again" });
        const after = await contentOf(database, table);
        if (before !== after) {
          await database.run(`ALTER TABLE ${sql} ENGINE = MyISAM`);
          throw new Error(`there was something else in it afterwards (${before}; ${after}), so it is MyISAM's again`);
        }
        const took = Math.max(1, host.clock.now() - began);
        at.remember(measured, (table.bytes * 1_000) / took);
        at.figure({ name: "rows", value: Number(after.split(" ")[0]), unit: "rows" });
        at.figure({ name: "waited for it", value: took, unit: "ms" });
      });
    },
    async undo(at) {
      await withDatabase(input.server, async (database) => {
        if ((await engine(database)) !== "InnoDB") return;
        await calm(database, limits, at, host.clock);
        await database.run(`LOCK TABLES ${sql} WRITE`);
        const before = await contentOf(database, table);
        const format = table.rowFormat === "Fixed" ? " ROW_FORMAT = FIXED" : "";
        await database.run(`ALTER TABLE ${sql} ENGINE = MyISAM${format}`);
        const after = await contentOf(database, table);
        if (before !== after) throw new Error(`there is something else in it than before (${before}; ${after})`);
      });
    },
  };
}

/** What is worth knowing of all of them. */
function remarksOf({ tables, pool }: Server): string[] {
  const all = tables.reduce((sum, { bytes }) => sum + bytes, 0) * 1.8;
  return [
    ...(all > pool ? [`note: all of it will be about ${sizeOf(all)}; innodb_buffer_pool_size is ${sizeOf(pool)}`] : []),
    ...tables.flatMap((table) =>
      table.obstacle === undefined ? [] : [`note: ${nameOf(table)} stays: ${table.obstacle}`],
    ),
  ];
}

/** Milliseconds between looks at how far a statement is, and at whether others are in a hurry. */
const glance = rhythm(1_000);

/** Has a statement run, and asks over another connection how far it is, in percent; MariaDB tells, MySQL does not. */
async function whileLooking(
  server: string,
  database: Database,
  onProgress: (percent: number) => void,
  clock: Around["host"]["clock"],
  work: () => Promise<unknown>,
): Promise<void> {
  const [[id] = []] = await database.rows("SELECT CONNECTION_ID()");
  let isOver = false;
  const working = work().finally(() => {
    isOver = true;
  });
  const look = withDatabase(server, async (other) => {
    const ask = `SELECT stage, max_stage, progress FROM information_schema.processlist WHERE id = ${Number(id)}`;
    for (;;) {
      for (let waited = 0; waited < glance && !isOver; waited += 50) await clock.pause(50);
      if (isOver) return;
      const [[stage, stages, progress] = []] = await other.rows(ask);
      if (Number(stages) > 0) onProgress(Math.floor((100 * (Number(stage) - 1) + Number(progress)) / Number(stages)));
    }
  });
  await Promise.all([working, look.catch(() => {})]);
}

/** Until nobody is in a hurry. */
async function calm(database: Database, limits: Limits, at: At, clock: Around["host"]["clock"]): Promise<void> {
  for (let said = ""; ; ) {
    at.breathe();
    const reason = await reasonToWait(database, limits);
    if (reason === undefined) return;
    if (said === "") at.say(`waits: ${reason}`);
    said = reason;
    at.progress({ done: 0, of: 3, unit: "steps", says: `waits: ${reason}` });
    await clock.pause(glance);
  }
}

const estimate = (at: At, { bytes }: MyisamTable): string =>
  `about ${roughly((bytes * 1_000) / (at.recall<number>(measured) ?? assumed))}`;
