import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { hash } from "bcryptjs";
import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";

/** Work factor: about 60 ms a check, which a server can bear and a guesser cannot. */
const cost = 10;

export const run: Run = async ({ json, terminal: { print, remark } }) => {
  const [password, again] = process.stdin.isTTY ? await askTwice(remark) : await readOnce();
  if (!password) throw new UserError("the password is empty");
  if (password !== again) throw new UserError("the two are not the same; nothing was hashed");
  if (Buffer.byteLength(password) > 72) throw new UserError("bcrypt looks at 72 bytes only; take a shorter password");
  const hashed = await hash(password, cost);
  print(json ? JSON.stringify({ hash: hashed }) : hashed);
  return 0;
};

/** Asks without showing what is typed. */
async function askTwice(remark: (text: string) => void): Promise<[string, string]> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    remark("Password (not shown):");
    const password = await lines.question("");
    remark("Once more:");
    return [password, await lines.question("")];
  } finally {
    lines.close();
  }
}

async function readOnce(): Promise<[string, string]> {
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  const password = text.replace(/\r?\n$/, "");
  return [password, password];
}
