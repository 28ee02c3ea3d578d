import type { Cell, Dialect } from "../../host/databases/database.ts";
import type { Column } from "./schema.ts";

/** What kind of value a column has, whichever server it is of. */
export type Sort = "number" | "float" | "boolean" | "bits" | "bytes" | "json" | "instant" | "text";

/** Of a type as the server calls it. */
export function sortOf(dialect: Dialect, { type }: Pick<Column, "type">): Sort {
  const name = type.toLowerCase();
  if (dialect === "mysql") {
    if (/^(float|double)/.test(name)) return "float";
    if (/^(tiny|small|medium|big)?int|^(decimal|numeric|year)/.test(name)) return "number";
    if (name.startsWith("bit")) return "bits";
    if (/blob|binary|^(geometry|point|linestring|polygon|multi|geom|inet6|uuid)/.test(name))
      return /^(inet6|uuid)/.test(name) ? "text" : "bytes";
    return name === "json" ? "json" : "text";
  }
  if (name === "real" || name === "double precision") return "float";
  if (/^(smallint|integer|bigint|numeric|oid)/.test(name) && !name.endsWith("[]")) return "number";
  if (name === "boolean") return "boolean";
  if (/^bit( varying)?(\(|$)/.test(name)) return "bits";
  if (name === "bytea") return "bytes";
  if (name === "json" || name === "jsonb") return "json";
  return name === "timestamp with time zone" ? "instant" : "text";
}

/** The bytes of a value that is bytes. PostgreSQL writes them in hexadecimal. */
export const bytesOf = (cell: string | Buffer): Buffer =>
  typeof cell === "string"
    ? Buffer.from(cell.startsWith("\\x") ? cell.slice(2) : cell, cell.startsWith("\\x") ? "hex" : "utf8")
    : cell;

/** The bits of a value that is bits, `0101`. */
export const bitsOf = (cell: string | Buffer, { type }: Pick<Column, "type">): string => {
  if (typeof cell === "string") return cell;
  const all = [...cell].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return all.slice(-Number(/\((\d+)\)/.exec(type)?.[1] ?? 1));
};

export const textOf = (cell: Exclude<Cell, null>): string => cell.toString();
