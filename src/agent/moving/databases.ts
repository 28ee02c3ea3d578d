import { asSuperuser } from "../../host/databases/as-superuser.ts";
import { quotedName, quotedText } from "../../host/databases/quoting.ts";
import type { Host } from "../../host/host.ts";
import type { DatabaseDescription, MoveDialect } from "../../model/move.ts";

type Hosted = Pick<Host, "processes">;

/** What it takes to make a database elsewhere, with the accounts that have to do with it. */
export const describeDatabase = (host: Hosted, dialect: MoveDialect, name: string): Promise<DatabaseDescription> =>
  dialect === "mysql" ? describeMysql(host, name) : describePostgres(host, name);

async function describeMysql(host: Hosted, name: string): Promise<DatabaseDescription> {
  const ask = (sql: string) => asSuperuser(host, "mysql", sql);
  const text = quotedText("mysql", name);
  const [schema] = await ask(
    `SELECT default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = ${text};`,
  );
  if (!schema) throw new Error(`there is no database ${name}`);
  const [[port = "3306", skips = "0"] = []] = await ask("SELECT @@port, @@skip_networking;");
  if (skips === "1") throw new Error("MariaDB answers at no port of this machine (skip_networking)");
  const [[bytes = "0"] = []] = await ask(
    `SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables WHERE table_schema = ${text};`,
  );
  // Names of databases are patterns there, in which \_ is an underscore.
  const users = await ask(
    `SELECT user, host FROM mysql.db WHERE REPLACE(db, '\\\\', '') = ${text} UNION SELECT user, host FROM mysql.tables_priv WHERE db = ${text};`,
  );
  const accounts: string[] = [];
  const own = [name, name.replaceAll("_", "\\_")].map((each) => ` ON ${quotedName("mysql", each)}.`);
  for (const [user = "", from = ""] of users) {
    const account = `${quotedText("mysql", user)}@${quotedText("mysql", from)}`;
    const [[create = ""] = []] = await ask(`SHOW CREATE USER ${account};`);
    const grants = (await ask(`SHOW GRANTS FOR ${account};`)).map(([grant = ""]) => grant);
    accounts.push(
      create.replace(/^CREATE USER/, "CREATE USER IF NOT EXISTS"),
      ...grants.filter((grant) => own.some((part) => grant.includes(part))),
    );
  }
  return {
    bytes: Number(bytes),
    port: Number(port),
    make: [`CREATE DATABASE ${quotedName("mysql", name)} CHARACTER SET ${schema[0]} COLLATE ${schema[1]}`],
    accounts,
  };
}

async function describePostgres(host: Hosted, name: string): Promise<DatabaseDescription> {
  const ask = (sql: string) => asSuperuser(host, "postgres", sql);
  const text = quotedText("postgres", name);
  const [found] = await ask(
    `SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype, pg_database_size(oid) FROM pg_database WHERE datname = ${text};`,
  );
  if (!found) throw new Error(`there is no database ${name}`);
  const [owner = "", encoding = "", collate = "", ctype = "", bytes = "0"] = found;
  const [[port = "5432"] = []] = await ask("SHOW port;");
  const roles = await ask(
    `SELECT r.rolname, CASE WHEN r.rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END, COALESCE(r.rolpassword, '') FROM pg_authid r
     WHERE NOT r.rolsuper AND r.rolname !~ '^pg_' AND (r.rolname = ${quotedText("postgres", owner)} OR r.oid IN (
       SELECT refobjid FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND (dbid = (SELECT oid FROM pg_database WHERE datname = ${text})
         OR (classid = 'pg_database'::regclass AND objid = (SELECT oid FROM pg_database WHERE datname = ${text})))));`,
  );
  const accounts = roles.map(([role = "", login = "", password = ""]) => {
    const secret = password === "" ? "" : ` PASSWORD ${quotedText("postgres", password)}`;
    const create = `CREATE ROLE ${quotedName("postgres", role)} ${login}${secret}`;
    return `DO $upkeep$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${quotedText("postgres", role)}) THEN ${create}; END IF; END $upkeep$`;
  });
  return {
    bytes: Number(bytes),
    port: Number(port),
    make: [
      `CREATE DATABASE ${quotedName("postgres", name)} OWNER ${quotedName("postgres", owner)} ENCODING ${quotedText("postgres", encoding)} LC_COLLATE ${quotedText("postgres", collate)} LC_CTYPE ${quotedText("postgres", ctype)} TEMPLATE template0`,
    ],
    accounts,
  };
}

/** The account of a move on a server. */
export const accountOf = (move: string): string => `upkeep_${move}`;

/** Makes that account anew, for these databases alone where the server can do that, or takes it away. */
export async function moveAccount(
  host: Hosted,
  move: string,
  dialect: MoveDialect,
  databases: readonly string[],
  password: string | null,
): Promise<void> {
  const account = accountOf(move);
  if (dialect === "mysql") {
    const whole = ["localhost", "127.0.0.1"].map((from) => `'${account}'@'${from}'`);
    const drop = `DROP USER IF EXISTS ${whole.join(", ")};`;
    const make = whole.flatMap((each) => [
      `CREATE USER ${each} IDENTIFIED BY '${password}';`,
      // Triggers and views keep those who defined them.
      `GRANT SET USER ON *.* TO ${each};`,
      `GRANT SELECT ON mysql.* TO ${each};`,
      ...databases.map((name) => `GRANT ALL ON ${quotedName("mysql", name.replaceAll("_", "\\_"))}.* TO ${each};`),
    ]);
    await asSuperuser(host, "mysql", password === null ? drop : [drop, ...make].join("\n"));
    return;
  }
  const role = quotedName("postgres", account);
  const drop = `DROP ROLE IF EXISTS ${role};`;
  // Whoever writes rows without triggers and references being looked at has to be one (session_replication_role).
  const make = `CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD '${password}';`;
  await asSuperuser(host, "postgres", password === null ? drop : `${drop}\n${make}`);
}

export async function portOf(host: Hosted, dialect: MoveDialect): Promise<number> {
  const [[port = ""] = []] = await asSuperuser(host, dialect, dialect === "mysql" ? "SELECT @@port;" : "SHOW port;");
  return Number(port);
}
