import type { TestHost } from "../../../lab/lab.ts";
import { eventually } from "../estate/estate.ts";

export type Kind = "mariadb" | "postgres";
export const kinds: readonly Kind[] = ["mariadb", "postgres"];

export const urlOf = (kind: Kind, database: string): string =>
  kind === "mariadb" ? `mysql:///${database}` : `postgres:///${database}`;

/** Both servers, with root as whoever may do everything. */
export async function startServers(host: TestHost): Promise<void> {
  for (const unit of ["mariadb", "postgresql"])
    await eventually(`${unit} runs`, async () => (await host.exec(["systemctl", "start", unit])).code === 0, 30_000);
  await eventually(
    "PostgreSQL lets root in",
    async () =>
      /already exists|^$/.test(
        (await host.exec(["setpriv", "--reuid=postgres", "--clear-groups", "createuser", "--superuser", "root"]))
          .stderr,
      ),
    30_000,
  );
}

/** Runs SQL, all of it or an error. Returns what it prints: columns between tabs. */
export async function sql(host: TestHost, kind: Kind, database: string, text: string): Promise<string> {
  const argv: [string, ...string[]] =
    kind === "mariadb"
      ? ["mariadb", "--batch", "--skip-column-names", database]
      : [
          "psql",
          "--quiet",
          "--no-psqlrc",
          "--set=ON_ERROR_STOP=1",
          "--tuples-only",
          "--no-align",
          "--field-separator=\t",
          database,
        ];
  const { code, stdout, stderr } = await host.exec(argv, text);
  if (code !== 0) throw new Error(`${kind} ${database}: ${stderr.slice(0, 2_000)}`);
  return stdout;
}

/** A database with nothing in it. */
export async function create(host: TestHost, kind: Kind, database: string): Promise<void> {
  const own = kind === "mariadb" ? "mysql" : "postgres";
  await sql(host, kind, own, `DROP DATABASE IF EXISTS ${database};`);
  await sql(host, kind, own, `CREATE DATABASE ${database}${kind === "mariadb" ? " CHARACTER SET utf8mb4" : ""};`);
}
