import type { Database, Dialect } from "../../host/databases/database.ts";

/** A table, as far as it matters for what belongs together. */
export interface Table {
  readonly name: string;
  /** As it stands in SQL, quoted. */
  readonly sql: string;
  readonly columns: readonly Column[];
  /** Columns that tell rows apart and are never null; without any, the server's own way is used. */
  readonly key: readonly string[] | undefined;
  /** About how many rows it has. */
  readonly rows: number;
  /** What else happens when rows come: by name, with the statement that makes it where it cannot be switched off. */
  readonly triggers: readonly Trigger[];
}

export interface Column {
  readonly name: string;
  /** As the server calls it: `int(11)`, `timestamp with time zone`. */
  readonly type: string;
  readonly isNullable: boolean;
  /** The server works it out; it cannot be given. */
  readonly isGenerated: boolean;
  /** The server counts it up when it is not given: what it counts from has to be set afterwards. */
  readonly isCounted: boolean;
}

export interface Trigger {
  readonly name: string;
  readonly statement?: string;
}

/** Rows of one table belong to rows of another: a foreign key, or what somebody says is one. */
export interface Relation {
  readonly child: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  /** What makes it one, in SQL about `child`; without it, always. */
  readonly where?: string;
  /** The database keeps it: what is referred to is there. */
  readonly isDeclared: boolean;
  /** It may be checked at the end of a transaction. */
  readonly isDeferrable: boolean;
}

export interface Schema {
  readonly dialect: Dialect;
  readonly tables: ReadonlyMap<string, Table>;
  readonly relations: readonly Relation[];
  /** What there is to say of it: foreign keys to other databases, tables without transactions. */
  readonly remarks: readonly string[];
}

/** Looks at all tables of a database. */
export async function readSchema(database: Database): Promise<Schema> {
  const read = database.dialect === "mysql" ? await import("./mysql-schema.ts") : await import("./postgres-schema.ts");
  return read.schemaOf(database);
}
