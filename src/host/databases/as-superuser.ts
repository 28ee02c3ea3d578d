import type { Host } from "../host.ts";
import type { Dialect } from "./database.ts";

/** Who may do everything, by the socket of this machine's server. Their programs end with the first error. */
const programs: Readonly<Record<Dialect, readonly [string, ...string[]]>> = {
  mysql: ["mariadb", "--batch", "--raw", "--skip-column-names"],
  postgres: [
    "setpriv",
    "--reuid=postgres",
    "--regid=postgres",
    "--init-groups",
    "--",
    "psql",
    "--quiet",
    "--no-psqlrc",
    "--tuples-only",
    "--no-align",
    "--field-separator=\t",
    "--set=ON_ERROR_STOP=1",
  ],
};

/** Runs statements as a server's own administrator. Returns the lines that it prints, each as its columns. */
export async function asSuperuser(
  { processes }: Pick<Host, "processes">,
  dialect: Dialect,
  sql: string,
  database = dialect === "mysql" ? "mysql" : "postgres",
): Promise<readonly (readonly string[])[]> {
  const { code, stdout, stderr } = await processes.run([...programs[dialect], database], { input: sql });
  if (code !== 0) throw new Error(`${dialect === "mysql" ? "MariaDB" : "PostgreSQL"}: ${stderr.trim().slice(0, 500)}`);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}
