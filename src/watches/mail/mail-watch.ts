import { dayOf, type MailLimitConfig, type Sent, startOfDay } from "../../model/mail-limit.ts";
import type { Unsaid, Watch } from "../watch.ts";
import { readMailLine } from "./server-logs.ts";

/** Of a line without an end no more is kept. Bytes. */
const longest = 1 << 14;

/** Counts the messages that accounts give to this host's mail server. */
export function openMailWatch(
  { name: limit, server, logs, journal, accounts }: MailLimitConfig,
  { now, read }: { readonly now: () => number; readonly read: (path: string) => string | undefined },
): Watch {
  const rests = new Map<string, Buffer>();
  const mine = new Set(accounts);
  let counted = new Map<string, Sent>();

  function take(line: string, said?: number) {
    const taken = readMailLine(server, line);
    const account = taken && ("name" in taken.who ? taken.who.name : nameOf(taken.who.uid, read));
    if (account === undefined || !mine.has(account)) return;
    // Nobody has sent anything tomorrow.
    const at = Math.min(said ?? taken!.at ?? now(), now());
    const known = counted.get(dayOf(at));
    counted.set(dayOf(at), { limit, at: known?.at ?? at, count: (known?.count ?? 0) + 1 });
  }

  return {
    logs,
    journal,
    // Today counts from its beginning, whenever the limit was stated.
    lookBack: now() - startOfDay(now()),
    bytes(path, bytes) {
      const all = Buffer.concat([rests.get(path) ?? Buffer.alloc(0), bytes]);
      const end = all.lastIndexOf(10) + 1;
      for (const line of all.toString("utf8", 0, end).split("\n")) take(line);
      rests.set(path, all.subarray(end, end + longest));
      return all.length - end;
    },
    entry: ({ text, moment }) => take(text, moment),
    said() {
      const all = [...counted.values()].map((sent): Unsaid => ({ is: "sent", ...sent }));
      counted = new Map();
      return all;
    },
  };
}

function nameOf(uid: number, read: (path: string) => string | undefined): string | undefined {
  for (const line of (read("/etc/passwd") ?? "").split("\n")) {
    const [name, , number] = line.split(":");
    if (number === String(uid)) return name;
  }
  return undefined;
}
