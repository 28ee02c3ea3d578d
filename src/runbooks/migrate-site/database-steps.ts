import { asSuperuser } from "../../host/databases/as-superuser.ts";
import type { DatabasePlace } from "../../host/databases/database.ts";
import { quotedName } from "../../host/databases/quoting.ts";
import type { MoveDialect } from "../../model/move.ts";
import { sizeOf } from "../../model/number.ts";
import type { At, Doing } from "../runbook.ts";
import { catchUp } from "./databases/catch-up.ts";
import type { MovedDatabase, Side } from "./databases/side.ts";
import { copyWhole, shapeOf } from "./databases/whole.ts";
import { socketDirectory } from "./hosts.ts";
import type { Moving } from "./moving.ts";
import { patience } from "./prepare-steps.ts";

/** A database there and here, both within reach. */
export interface Sides {
  readonly old: Side;
  readonly own: Side;
}

const portKey = (dialect: MoveDialect): string => `port of ${dialect}`;
export const shapeKey = ({ dialect, name }: MovedDatabase): string => `shape of ${dialect}:${name}`;

/** The way to the old host's server leads through the key's connection; here it is the server's own socket, or port. */
export async function reach(moving: Moving, { dialect, name }: MovedDatabase, at: Pick<At, "recall">): Promise<Sides> {
  const { move, password, link, host, input } = moving;
  const port = at.recall<number>(portKey(dialect)) ?? (dialect === "mysql" ? 3306 : 5432);
  const directory = socketDirectory(move);
  const socket = dialect === "mysql" ? `${directory}/mysql` : `${directory}/.s.PGSQL.${port}`;
  await link.forward(socket, port);
  const common = { dialect, database: name } as const;
  const account = { user: `upkeep_${move}`, password };
  const old: DatabasePlace = {
    ...common,
    ...account,
    shown: `${dialect}:${name} on ${input.from}`,
    host: "",
    port,
    socket: dialect === "mysql" ? socket : directory,
  };
  const shown = `${dialect}:${name} here`;
  if (dialect === "mysql")
    return {
      old: { place: old },
      own: {
        place: {
          ...common,
          shown,
          host: "",
          port: 3306,
          user: "root",
          password: undefined,
          socket: "/run/mysqld/mysqld.sock",
        },
      },
    };
  const [[ownPort = "5432"] = []] = await asSuperuser(host, "postgres", "SHOW port;");
  return {
    old: { place: old },
    own: { place: { ...common, ...account, shown, host: "127.0.0.1", port: Number(ownPort), socket: undefined } },
  };
}

const accountsOf = async ({ host }: Moving, dialect: MoveDialect): Promise<string[]> => {
  const sql =
    dialect === "mysql"
      ? "SELECT CONCAT(QUOTE(user), '@', QUOTE(host)) FROM mysql.user;"
      : "SELECT rolname FROM pg_roles;";
  return (await asSuperuser(host, dialect, sql)).map(([name]) => name!);
};

/** A whole database with its accounts, as it is at one moment. */
export function copyDatabase(moving: Moving, database: MovedDatabase): Doing {
  const { dialect, name } = database;
  const { host, old, own, move, password } = moving;
  const label = `${dialect}:${name}`;
  const [copied, accountsBefore, madeDatabase] = [`copied ${label}`, `accounts before ${label}`, `made ${label}`];
  const drop = `DROP DATABASE IF EXISTS ${quotedName(dialect, name)};`;
  return {
    name: `database ${label}`,
    patience,
    plan: () => ({
      does: [
        `makes ${name} here with the accounts that have rights in it, and copies all of it as it is at one moment; its triggers and events come last`,
      ],
    }),
    check: async (at) => at.recall(copied) === true,
    async run(at) {
      const { make, accounts, port, bytes } = await old.ask({ do: "describe", dialect, name });
      at.remember(portKey(dialect), port);
      await old.ask({ do: "account", move, dialect, password });
      if (dialect === "postgres") await own.ask({ do: "account", move, dialect, password });
      const before = await accountsOf(moving, dialect);
      at.remember(accountsBefore, at.recall(accountsBefore) ?? before);
      at.remember(madeDatabase, true);
      for (const statement of [drop, ...(dialect === "postgres" ? [...accounts, ...make] : [...make, ...accounts])])
        await asSuperuser(host, dialect, `${statement.replace(/;$/, "")};`);
      const sides = await reach(moving, database, at);
      at.remember(shapeKey(database), await shapeOf(host, sides.old));
      await copyWhole(sides.old, sides.own, (done) =>
        at.progress({ done, of: Math.max(bytes, done), unit: "bytes", says: sizeOf(done) }),
      );
      at.remember(copied, true);
    },
    async undo(at) {
      if (at.recall(madeDatabase) !== true) return;
      at.remember(copied, false);
      await asSuperuser(host, dialect, drop);
      const before = at.recall<string[]>(accountsBefore) ?? [];
      for (const account of (await accountsOf(moving, dialect)).filter((each) => !before.includes(each)))
        await asSuperuser(
          host,
          dialect,
          dialect === "mysql" ? `DROP USER ${account};` : `DROP ROLE ${quotedName("postgres", account)};`,
        );
      await dropAccounts(moving, dialect);
    },
  };
}

/** The accounts of the move, on both hosts. */
export async function dropAccounts({ old, own, move }: Moving, dialect: MoveDialect): Promise<void> {
  await old.ask({ do: "account", move, dialect, password: null });
  if (dialect === "postgres") await own.ask({ do: "account", move, dialect, password: null });
}

/** What has changed since, while it goes on changing; what may be in it, too, has to be as it was. */
export async function freshen(moving: Moving, database: MovedDatabase, at: At): Promise<void> {
  const sides = await reach(moving, database, at);
  const shape = await shapeOf(moving.host, sides.old);
  if (shape !== at.recall(shapeKey(database)))
    throw new Error(`tables of ${database.name} were made or changed meanwhile; begin again when that is over`);
  await catchUp(sides.old, sides.own, { isLive: true });
}
