import { sealedGeneration } from "../../agent/sealed-spec.ts";
import { requireRecords, type Upkeep } from "../../agent/upkeep.ts";
import type { Generation } from "../../model/generation.ts";
import { UserError } from "../../model/problem.ts";
import type { AuditEntry } from "../../store/audit.ts";
import type { ExitCode, Invocation, Run, Style, Terminal } from "../command.ts";
import { controlHere } from "../control-here.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = async (invocation) => {
  const remote = await controlHere();
  if (remote) return (await import("../estate-views.ts")).historyThrough(remote, invocation);
  const { options, json, terminal } = invocation;
  return withUpkeep({ make: false }, async (upkeep) => {
    requireRecords(upkeep);
    const limit = limitOf(options);
    if (options.verify) return verify(upkeep, json, terminal);
    if (options.audit) printAudit(await upkeep.estate.audit(limit), json, terminal);
    else {
      const generations = upkeep.ledger.generations(limit);
      const shown = json ? await Promise.all(generations.map((each) => sealedGeneration(upkeep, each))) : generations;
      printGenerations(shown, json, terminal);
    }
    return 0;
  });
};

export function limitOf({ limit }: Invocation["options"]): number {
  const number = limit === undefined ? 20 : Number(limit);
  if (!Number.isInteger(number) || number < 1) throw new UserError("--limit takes a whole number from 1");
  return number;
}

const colours: Readonly<Record<Generation["state"], Style>> = {
  live: "green",
  undone: "red",
  open: "yellow",
  committed: "yellow",
};

const time = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");

function printGenerations(generations: readonly Generation[], json: boolean, { print, style }: Terminal): void {
  if (json) print(JSON.stringify(generations, undefined, 2));
  else if (generations.length === 0) print("Nothing has been applied yet.");
  if (json) return;
  for (const { number, at, state, cause, summary } of generations) {
    print(
      `${String(number).padStart(5)}  ${time(at)}  ${style(colours[state], state.padEnd(9))}  ${cause}\n${style("dim", `       ${summary}`)}`,
    );
  }
}

/** The estate's changes, with what each was about. */
export function printChanges(
  changes: readonly { number: number; at: number; actor: string; cause: string; refs: readonly string[] }[],
  json: boolean,
  { print, style }: Terminal,
): void {
  if (json) print(JSON.stringify(changes, undefined, 2));
  else if (changes.length === 0) print("Nothing has been stated yet.");
  for (const { number, at, actor, cause, refs } of json ? [] : changes) {
    const about = refs.length > 3 ? `${refs.slice(0, 3).join(", ")} and ${refs.length - 3} more` : refs.join(", ");
    print(`${String(number).padStart(5)}  ${time(at)}  ${actor}: ${cause}\n${style("dim", `       ${about}`)}`);
  }
}

/** Whether a control plane's audit log is whole. */
export function printVerdict(
  { entries, broken }: { readonly entries: number; readonly broken?: number | undefined },
  json: boolean,
  { print, style }: Terminal,
): ExitCode {
  if (json) print(JSON.stringify({ entries, isWhole: broken === undefined, broken }));
  else if (broken === undefined) print(`${style("green", "The audit log is whole:")} ${entries} entries.`);
  else print(`${style("red", "The audit log has been altered")} at entry ${broken}.`);
  return broken === undefined ? 0 : 1;
}

export function printAudit(
  entries: readonly (Pick<AuditEntry, "id" | "at" | "actor" | "cause"> & {
    ref: string;
    before?: unknown;
    after?: unknown;
  })[],
  json: boolean,
  { print, style }: Terminal,
): void {
  if (json) {
    print(JSON.stringify(entries, undefined, 2));
    return;
  }
  for (const { id, at, actor, cause, ref, before, after } of entries) {
    const verb = before === undefined ? "created" : after === undefined ? "deleted" : "changed";
    print(
      `${String(id).padStart(5)}  ${time(at)}  ${actor} ${verb} ${style("cyan", ref)}${style("dim", `  (${cause})`)}`,
    );
  }
}

async function verify({ estate, ledger }: Upkeep, json: boolean, { print, style }: Terminal): Promise<ExitCode> {
  const { entries, broken } = await estate.verifyAudit();
  const anchor = JSON.parse(ledger.decision("audit head") ?? "null") as { id: number; hash: string } | null;
  // The anchor may be one write behind after a crash, so it need not be the last entry, but it must be there.
  const cut = anchor !== null && (await estate.auditHash(anchor.id)) !== anchor.hash;
  const isWhole = broken === undefined && !cut;
  if (json) print(JSON.stringify({ entries, isWhole, ...(broken !== undefined && { broken }), ...(cut && { cut }) }));
  else if (isWhole) print(`${style("green", "The audit log is whole:")} ${entries} entries.`);
  else if (broken !== undefined) print(`${style("red", "The audit log has been altered")} at entry ${broken}.`);
  else
    print(
      `${style("red", "The audit log has been altered:")} entry ${anchor?.id}, which was there, is missing or another.`,
    );
  return isWhole ? 0 : 1;
}
