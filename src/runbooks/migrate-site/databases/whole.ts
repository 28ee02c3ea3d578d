import { createHash } from "node:crypto";
import type { Host } from "../../../host/host.ts";
import { pipe } from "../../../host/pipe.ts";
import { programFor, type Side } from "./side.ts";

/** What both dumpers are told. What is done by itself (triggers, events) waits until the site is there. */
const mysqlDump = [
  "--single-transaction",
  "--quick",
  "--hex-blob",
  "--routines",
  "--skip-triggers",
  "--skip-comments",
  "--no-tablespaces",
  "--default-character-set=utf8mb4",
];

/** Copies a whole database into an empty one, as it is at one moment. `onBytes` hears how much has gone through. */
export async function copyWhole(source: Side, target: Side, onBytes: (bytes: number) => void): Promise<void> {
  if (source.place.dialect === "mysql")
    await pipe(
      programFor(source, "mariadb-dump", mysqlDump),
      programFor(target, "mariadb", ["--default-character-set=utf8mb4", "--batch"]),
      onBytes,
    );
  else
    await pipe(
      programFor(source, "pg_dump", ["--format=custom", "--compress=0"]),
      programFor(target, "pg_restore", ["--exit-on-error"]),
      onBytes,
    );
}

/** What runs by itself in a database of MariaDB: its triggers and events. In PostgreSQL they came with the rest. */
export async function copyTriggers(source: Side, target: Side): Promise<void> {
  if (source.place.dialect !== "mysql") return;
  await pipe(
    programFor(source, "mariadb-dump", [
      "--no-data",
      "--no-create-info",
      "--triggers",
      "--add-drop-trigger",
      "--events",
      "--skip-comments",
    ]),
    programFor(target, "mariadb", ["--batch"]),
  );
}

/** A digest of all that is said about what may be in a database, and not of what is. */
export async function shapeOf({ processes }: Pick<Host, "processes">, side: Side): Promise<string> {
  const { argv, environment } =
    side.place.dialect === "mysql"
      ? programFor(side, "mariadb-dump", ["--no-data", "--routines", "--triggers", "--events", "--skip-comments"])
      : programFor(side, "pg_dump", ["--schema-only"]);
  const { code, stdout, stderr } = await processes.run(argv, environment ? { environment } : {});
  if (code !== 0) throw new Error(stderr.trim().slice(0, 500));
  // Where a table counts on from is content; how PostgreSQL quotes the restriction of a session is chance.
  const text = stdout.replaceAll(/ AUTO_INCREMENT=\d+/g, "").replaceAll(/^\\(un)?restrict .*$/gm, "");
  return createHash("sha256").update(text).digest("hex");
}
