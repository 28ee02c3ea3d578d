import { readFileSync } from "node:fs";
import { UserError } from "../model/problem.ts";

/** The text of a file that a person names. */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${(error as Error).message}`);
  }
}
