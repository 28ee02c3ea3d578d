import { askHealth } from "../agent/asking-guard.ts";
import { lookAtHealth } from "../agent/health.ts";
import { localHost } from "../host/local.ts";
import type { RecordHealth } from "../model/health.ts";
import { parseRef } from "../model/resource.ts";
import type { Shown } from "../store/overview.ts";
import type { Terminal } from "./command.ts";
import type { ControlPlane } from "./control-plane.ts";

/**
 * Says of records of a kind that nothing looks after them at this moment, and why: a list that is empty or old because of
 * that must not pass for news. Returns whether there is anything to say.
 */
export async function warnOfFailing(
  kinds: readonly string[],
  plane: ControlPlane | undefined,
  { remark, style }: Terminal,
): Promise<boolean> {
  const failing = plane ? await failingElsewhere(plane, kinds) : await failingHere(kinds);
  for (const { ref, why } of failing) remark(`${style("red", "Failed")} ${ref}: ${why}`);
  return failing.length > 0;
}

interface FailingRecord {
  readonly ref: string;
  readonly why: string;
}

async function failingHere(kinds: readonly string[]): Promise<readonly FailingRecord[]> {
  const records = (await askHealth(localHost)) ?? (await lookAtHealth(localHost, nothingElse)).records;
  return failingOf(records, kinds);
}

/** Of services that others live by, nobody is asked here. */
const nothingElse = { overview: () => [], needing: () => [] };

export const failingOf = (records: readonly RecordHealth[], kinds: readonly string[]): readonly FailingRecord[] =>
  records.flatMap(({ ref, health }) =>
    health.is === "failed" && kinds.includes(parseRef(ref).kind) ? [{ ref, why: health.why }] : [],
  );

async function failingElsewhere({ api }: ControlPlane, kinds: readonly string[]): Promise<readonly FailingRecord[]> {
  const { items } = await api.get<{ readonly items: readonly Shown[] }>("/v1/conditions?state=Failed&limit=500");
  return items
    .filter(({ ref }) => kinds.includes(parseRef(ref).kind))
    .map(({ ref, host, message }) => ({ ref: `${ref} on ${host}`, why: message }));
}
