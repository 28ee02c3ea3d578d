import type { Dialect } from "./database.ts";

/** Text in SQL. */
export const quotedText = (dialect: Dialect, text: string): string =>
  dialect === "mysql"
    ? `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`
    : `${text.includes("\\") ? " E" : ""}'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

/** A name of a table, a column or a database in SQL. */
export const quotedName = (dialect: Dialect, name: string): string =>
  dialect === "mysql" ? `\`${name.replaceAll("`", "``")}\`` : `"${name.replaceAll('"', '""')}"`;
