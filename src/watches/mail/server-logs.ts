import type { MailServer } from "../../model/mail-limit.ts";

/** Somebody's message, as a mail server's log has it. */
export interface Taken {
  /** Name of the account, or its number. */
  readonly who: { readonly name: string } | { readonly uid: number };
  /** Milliseconds since 1970; `undefined`: just now. */
  readonly at: number | undefined;
}

/**
 * `2026-11-23 10:00:00 1vN0aB-000001-2c <= shop@web1 U=shop P=local S=412`: a message from a process of this host. The
 * sender is whatever the account says, so it is read as a whole, and nothing in it counts.
 */
const exim =
  /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?) (?:\[\d+\] )?[\w-]+ <= (?:<>|"(?:[^"\\]|\\.)*"\S*|[^\s"]+) U=(?<name>\S+) P=local/;

/**
 * `Nov 23 10:00:00 web1 postfix/pickup[812]: 4F1: uid=1001 from=<shop>`, in the journal without the time; another instance is called
 * `postfix-two/pickup`. What other programs say of strangers' words stands behind their own names.
 */
const postfix =
  /^(?:(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) )?\S+ postfix[\w-]*\/pickup\[\d+\]: [0-9A-Za-z]+: uid=(?<uid>\d+) from=</;

const iso = /^(?<time>\d{4}-\d\d-\d\dT\S+)/;

/** What a line of a mail server's log says of somebody's message; `undefined`: nothing. */
export function readMailLine(server: MailServer, line: string): Taken | undefined {
  if (server === "exim") {
    const { time, name } = exim.exec(line)?.groups ?? {};
    return name === undefined ? undefined : { who: { name }, at: timeOf(time!.replace(" ", "T").replace(" ", "")) };
  }
  const { uid } = postfix.exec(line)?.groups ?? {};
  return uid === undefined ? undefined : { who: { uid: Number(uid) }, at: timeOf(iso.exec(line)?.groups?.time) };
}

/** As this machine's clock has it, if it does not say of which zone it is. */
function timeOf(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? undefined : at;
}
