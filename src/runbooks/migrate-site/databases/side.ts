import type { DatabasePlace } from "../../../host/databases/database.ts";
import type { Piped } from "../../../host/pipe.ts";
import type { MoveDialect } from "../../../model/move.ts";

/** A database that is moved: one on each side has the same name. */
export interface MovedDatabase {
  readonly dialect: MoveDialect;
  readonly name: string;
}

/** How a database is reached on one of the two hosts. */
export interface Side {
  readonly place: DatabasePlace;
}

/**
 * Both ends are on this machine, and what leads to the other host leads through ssh. Clients of MariaDB 11.4 and later want
 * TLS besides, which older servers have only where somebody gave them a certificate.
 */
const withoutTls = "--skip-ssl";

/** `--host=...` and so on for one of the server's own programs. A password is told by its environment. */
export function programFor({ place }: Side, program: string, args: readonly string[]): Piped {
  const { dialect, socket, host, port, user, password, database } = place;
  const where =
    dialect === "mysql" && socket !== undefined
      ? [`--socket=${socket}`]
      : [`--host=${socket ?? host}`, `--port=${port}`, ...(dialect === "mysql" ? ["--protocol=TCP"] : [])];
  const who = user === undefined ? [] : [dialect === "mysql" ? `--user=${user}` : `--username=${user}`];
  const secret = dialect === "mysql" ? "MYSQL_PWD" : "PGPASSWORD";
  return {
    argv: [
      program,
      ...(dialect === "mysql" ? ["--no-defaults", withoutTls] : ["--no-password"]),
      ...where,
      ...who,
      ...args,
      ...last(program, database),
    ],
    ...(password !== undefined && { environment: { [secret]: password } }),
  };
}

/** pg_restore(1) takes its database as an option. */
const last = (program: string, database: string): string[] =>
  program === "pg_restore" ? [`--dbname=${database}`] : ["--", database];
