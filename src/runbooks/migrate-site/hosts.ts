import type { Host } from "../../host/host.ts";
import { type Link, linkTo } from "../../host/link.ts";
import { sessionWith } from "../../host/session.ts";
import { Ssh } from "../../host/ssh.ts";
import type { Answers, CertificateFiles, DatabaseDescription, HostSeen, MoveOrder, Stated } from "../../model/move.ts";
import { UserError } from "../../model/problem.ts";

/** A record of a site, as far as it matters for a move. */
export interface Stating extends Readonly<Record<string, unknown>> {
  readonly movedTo?: string;
  readonly trustedProxies?: readonly string[];
}

/** What an order is answered with. */
interface Answered {
  look: HostSeen;
  open: object;
  close: object;
  state: Stated;
  certificate: CertificateFiles;
  drain: { readonly open: number; readonly now: number };
  crontab: { readonly former: string | null };
  describe: DatabaseDescription;
  account: object;
  answers: { readonly counts: Answers; readonly now: number };
  /** What records say of sites that are there. */
  stated: { readonly sites: Readonly<Record<string, Stating>> };
}

/** One of the two hosts of a move. */
export interface End {
  ask<Do extends MoveOrder["do"]>(order: Extract<MoveOrder, { do: Do }>): Promise<Answered[Do]>;
}

/** Milliseconds for an order; some install packages. */
const patience = 900_000;

/** What stands in an answer; or the words in it for what went wrong. */
function understand(line: string, where: string) {
  const { answer, problem } = JSON.parse(line) as { answer?: never; problem?: string };
  if (problem !== undefined) throw new UserError(`${where}${problem}`);
  return answer!;
}

/** This machine. */
export function ownEnd(program: string): End {
  const session = sessionWith([program, "moving"]);
  return { ask: async (order) => understand(await session.ask(JSON.stringify(order), patience), "") };
}

/** The old host, with the key of the move. */
export const linkEnd = (link: Link, target: string): End => ({
  ask: async (order) => understand(await link.ask(JSON.stringify(order), patience), `${target}: `),
});

/** The old host, as root's own ssh gets there: before there is a key. `upkeep` is in the path there, or where it usually is. */
export const operatorEnd = (target: string): End => ({
  async ask(order) {
    const find = "if command -v upkeep >/dev/null; then exec upkeep moving; else exec /opt/upkeep/upkeep moving; fi";
    return understand(await new Ssh(target).must(find, `${JSON.stringify(order)}\n`), `${target}: `);
  },
});

type Records = Extract<MoveOrder, { do: "state" }>["records"];

/** Has records be so on a host, all in one change. `before`: not after that, by its clock. */
export async function state(end: End, records: Records, before?: number): Promise<void> {
  if (records.length === 0) return;
  const { problem } = await end.ask({ do: "state", records, ...(before !== undefined && { before }) });
  if (problem !== undefined) throw new Error(problem);
}

/** Where a move has its key; and its sockets, which are gone after a reboot. */
export const keyDirectory = (move: string): string => `/var/lib/upkeep/moves/${move}`;
export const socketDirectory = (move: string): string => `/run/upkeep/${move}`;

export const linkFor = (host: Pick<Host, "processes" | "files">, move: string, target: string): Link =>
  linkTo(host, { target, key: `${keyDirectory(move)}/key`, directory: socketDirectory(move) });
