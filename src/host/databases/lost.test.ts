import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Database } from "./database.ts";
import { sayingWhatIsLost } from "./lost.ts";

const failing = (error: Error): Database => {
  const fails = () => Promise.reject(error);
  async function* streams(): AsyncGenerator<never> {
    yield* [];
    throw error;
  }
  return {
    ...{ dialect: "postgres", server: "PostgreSQL 17", rows: fails, named: fails, run: fails, copyIn: fails },
    ...{ stream: streams, copy: streams, close: fails },
  };
};

async function drained(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of rows);
}

const asks: Readonly<Record<string, (database: Database) => Promise<unknown>>> = {
  rows: ({ rows }) => rows("SELECT 1"),
  named: ({ named }) => named("SELECT 1"),
  run: ({ run }) => run("SELECT 1"),
  copyIn: ({ copyIn }) => copyIn!("COPY a FROM STDIN", (async function* () {})()),
  stream: ({ stream }) => drained(stream("SELECT 1")),
  copy: ({ copy }) => drained(copy!("SELECT 1")),
};

const errors: readonly (readonly [Error, string])[] = [
  [
    Object.assign(new Error("write EPIPE"), { code: "EPIPE" }),
    "the connection to shop on root@old1 was lost: write EPIPE",
  ],
  [
    new Error("Connection terminated unexpectedly"),
    "the connection to shop on root@old1 was lost: Connection terminated unexpectedly",
  ],
  [Object.assign(new Error("no such table"), { code: "ER_NO_SUCH_TABLE" }), "no such table"],
];

describe("a database says which connection was lost, and nothing else differently", () => {
  for (const [error, says] of errors)
    for (const [name, ask] of Object.entries(asks))
      test(`${name}: ${says}`, () =>
        assert.rejects(ask(sayingWhatIsLost(failing(error), "shop on root@old1")), { message: says }));
});
