import { sayingWhatIsLost } from "./lost.ts";

/** A value as the server writes it: text, which may come as bytes; bytes; or null. */
export type Cell = string | Buffer | null;

export type Dialect = "mysql" | "postgres";

/** A connection to a database of somebody's own. Rejects with the server's words. */
export interface Database {
  readonly dialect: Dialect;
  /** What the server calls itself: `MariaDB 10.11.18`. */
  readonly server: string;
  /** Few rows, whole. */
  rows(sql: string): Promise<readonly (readonly Cell[])[]>;
  /** Few rows, each by the names of its columns. */
  named(sql: string): Promise<readonly Readonly<Record<string, Cell>>[]>;
  /** Many rows, some at a time. */
  stream(sql: string): AsyncIterable<readonly (readonly Cell[])[]>;
  /** The same as the text that PostgreSQL's COPY writes. */
  copy?(sql: string): AsyncIterable<Buffer>;
  /** `COPY ... FROM STDIN`, with its lines. */
  copyIn?(sql: string, lines: AsyncIterable<string | Buffer>): Promise<void>;
  /** How many rows it changed. */
  run(sql: string): Promise<number>;
  close(): Promise<void>;
}

/** Where a database is: `mysql://user:password@host:3306/shop?socket=...`, `postgres:///shop`. */
export interface DatabasePlace {
  readonly dialect: Dialect;
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Empty: none in particular. */
  readonly database: string;
  /** The server's socket, on this machine. */
  readonly socket: string | undefined;
  /** The same, without the password, for people. */
  readonly shown: string;
}

const schemes: Readonly<Record<string, Dialect>> = {
  "mysql:": "mysql",
  "mariadb:": "mysql",
  "postgres:": "postgres",
  "postgresql:": "postgres",
};

const ports: Readonly<Record<Dialect, number>> = { mysql: 3306, postgres: 5432 };
const sockets: Readonly<Record<Dialect, string>> = { mysql: "/run/mysqld/mysqld.sock", postgres: "/run/postgresql" };

/** Nothing, if that is no address of a database. Without a host, it is the server of this machine, by its socket. */
export function databasePlace(text: string): DatabasePlace | undefined {
  const place = serverPlace(text);
  return place?.database ? place : undefined;
}

/** The same of a server, with or without a database: `mysql:///`. */
export function serverPlace(text: string): DatabasePlace | undefined {
  const url = URL.parse(text);
  const dialect = url && schemes[url.protocol];
  const database = decodeURIComponent(url?.pathname.slice(1) ?? "");
  if (!url || !dialect || database.includes("/")) return undefined;
  const isHere = url.hostname === "";
  const socket = url.searchParams.get("socket") ?? (isHere ? sockets[dialect] : undefined);
  const shown = new URL(url);
  shown.password = "";
  return {
    dialect,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port ? Number(url.port) : ports[dialect],
    user: url.username ? decodeURIComponent(url.username) : undefined,
    password: url.password ? decodeURIComponent(url.password) : undefined,
    database,
    socket,
    shown: shown.href,
  };
}

/** Connects. The library for the other kind of server is not loaded. */
export async function openDatabaseAt(place: DatabasePlace): Promise<Database> {
  const database =
    place.dialect === "mysql"
      ? await (await import("./mysql.ts")).openMysql(place)
      : await (await import("./postgres.ts")).openPostgres(place);
  return sayingWhatIsLost(database, place.shown);
}
