import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Cell } from "../../host/databases/database.ts";

/** What becomes of a column: the same value becomes the same one everywhere in a dump, and nobody can tell what it was. */
export const ruleSchema = z.union([
  z.null(),
  z.strictObject({ value: z.string() }),
  z.enum(["hash", "email", "name", "digits", "text"]),
]);

export type Rule = z.output<typeof ruleSchema>;

/** Returns how values are changed by a rule. `key`: a secret of this dump. */
export function anonymizer(rule: Rule, key: Buffer): (cell: Cell) => Cell {
  if (rule === null) return () => null;
  if (typeof rule === "object") return (cell) => (cell === null ? null : rule.value);
  const digest = (cell: string | Buffer) => createHmac("sha256", key).update(cell).digest();
  const change = ways[rule];
  return (cell) => (cell === null ? null : change(digest(cell), cell.toString()));
}

const ways: Readonly<Record<Extract<Rule, string>, (digest: Buffer, was: string) => string>> = {
  hash: (digest) => digest.toString("hex").slice(0, 32),
  email: (digest) => `${digest.toString("hex").slice(0, 12)}@example.invalid`,
  name: (digest) => `${first[digest[0]! % first.length]} ${last[digest[1]! % last.length]}`,
  /** Digits are others, everything else stays: numbers of telephones and accounts. */
  digits: (digest, was) => {
    let place = 0;
    return was.replace(/\d/g, () => String(digest[place++ % digest.length]! % 10));
  },
  /** As long, and with words as long. */
  text: (digest, was) => {
    let place = 0;
    return was.replace(/[\p{L}\p{N}]/gu, () => letters[digest[place++ % digest.length]! % letters.length]!);
  },
};

const letters = "abcdefghijklmnopqrstuvwxyz";
const first = [
  "Ada",
  "Ben",
  "Cleo",
  "Dora",
  "Emil",
  "Fay",
  "Gus",
  "Hana",
  "Ivo",
  "Jill",
  "Kai",
  "Lea",
  "Max",
  "Nia",
  "Otto",
  "Pia",
];
const last = [
  "Ash",
  "Birch",
  "Cedar",
  "Elm",
  "Fir",
  "Hazel",
  "Holly",
  "Ivy",
  "Juniper",
  "Larch",
  "Maple",
  "Oak",
  "Pine",
  "Rowan",
  "Willow",
  "Yew",
];
