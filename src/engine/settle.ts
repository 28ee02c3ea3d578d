import type { Host } from "../host/host.ts";
import type { Applied, Known, Written } from "../model/applied.ts";
import type { Condition } from "../model/condition.ts";
import type { JournalEntry } from "../model/generation.ts";
import type { FileItem, InsertionItem, Item } from "../model/item.ts";
import type { Rendered } from "../model/kind.ts";
import type { Change } from "../model/plan.ts";
import type { ResourceRef } from "../model/resource.ts";
import { forget } from "./commit.ts";
import type { KeptEdit } from "./keep.ts";
import type { Draft, World } from "./plan.ts";
import type { Quarantine } from "./rehearse.ts";
import { isBase } from "./render.ts";
import type { Options, Outcome } from "./transaction.ts";

/** A generation that is in place and proved. */
export interface Proved {
  readonly number: number;
  readonly journal: readonly JournalEntry[];
}

/** What is live once the proof succeeds, written and still to be decided on. */
export interface Settling {
  /** Makes it so, and tidies up. */
  finish(): Outcome;
  cancel(): void;
}

/** Writes down what is live now. Without a generation nothing had to change, and that is remembered. */
export function settle(
  draft: Draft,
  changes: readonly Change[],
  quarantined: Quarantine,
  generation: Proved | undefined,
  kept: readonly KeptEdit[],
  { context, report }: Options,
  { host, ledger }: World,
): Settling {
  const refused = new Map(draft.plan.refused.map(({ ref, reason }) => [ref, reason]));
  const setAside = (ref: ResourceRef) => quarantined.has(ref) || refused.has(ref);
  const targets = new Map(draft.targets.map((target) => [target.ref, target]));
  const changed = new Set(changes.flatMap(({ because }) => because));
  const rendering = context(draft.facts);
  const isNews = (ref: ResourceRef): boolean => {
    if (changed.has(ref)) return true;
    const current = ledger.applied(ref);
    return current?.context !== rendering || current.revision !== (targets.get(ref)?.revision ?? 0);
  };
  const live = [...draft.rendered.values()].filter(
    ({ ref, items }) => items.length > 0 && !setAside(ref) && isNews(ref),
  );
  const emptied = [...draft.rendered.values()].filter(({ ref, items }) => isBase(ref) && items.length === 0);
  const removed = draft.targets.filter(({ ref, resource }) => !resource && !setAside(ref)).map(({ ref }) => ref);
  const conditions = conditionsOf(draft, quarantined, refused, { host, ledger });

  function* applied(): Generator<Written> {
    for (const rendered of live) {
      const target = targets.get(rendered.ref);
      yield written(
        rendered,
        { revision: target?.revision ?? 0, context: rendering, spec: target?.resource?.spec ?? null },
        host,
      );
    }
  }
  const undecided = ledger.settle(generation?.number, {
    applied: applied(),
    removed: [...removed, ...emptied.map(({ ref }) => ref)],
    conditions,
  });
  const outcome: Outcome = {
    generation: generation?.number,
    changes,
    conditions,
    removed,
    quarantined,
    kept,
    addresses: live.flatMap(({ ref, address }) => (address && changed.has(ref) ? [{ ref, address }] : [])),
  };
  return {
    cancel: undecided.cancel,
    finish() {
      report({ step: "settle", detail: generation ? `generation ${generation.number}` : "nothing to change" });
      undecided.commit();
      if (generation) {
        forget(generation.journal, host);
        ledger.dropJournal(generation.number);
      }
      return outcome;
    },
  };
}

/** What is remembered of one resource. */
function written(
  { ref, items, needs, probes, address }: Rendered,
  facts: Pick<Applied, "revision" | "context" | "spec">,
  host: Host,
): Written {
  return {
    ref,
    ...facts,
    known: items.map((item) => knownOf(item, host)),
    needs,
    ...(probes[0] && { probe: probes[0] }),
    ...(address && { address }),
    contents: items.flatMap((item) => (hasContent(item) ? [[item.path, item.content] as const] : [])),
  };
}

const hasContent = (item: Item): item is FileItem | InsertionItem => item.type === "file" || item.type === "insertion";

function knownOf(item: Item, host: Host): Known {
  if (item.type === "directory") {
    const { seed: _, ...rest } = item;
    return { item: rest };
  }
  if (!hasContent(item)) return { item };
  const { content: _, ...rest } = item;
  const signature = host.files.stat(item.path)?.signature;
  return { item: rest, ...(signature && { signature }) };
}

function conditionsOf(
  { targets, rendered }: Draft,
  quarantined: Quarantine,
  refused: ReadonlyMap<ResourceRef, string>,
  { host, ledger }: Pick<World, "host" | "ledger">,
): Condition[] {
  const at = host.clock.now();
  return targets.flatMap(({ ref, resource }): Condition[] => {
    const refusal = quarantined.get(ref);
    if (refusal !== undefined) {
      const former = ledger.applied(ref) ? ["Its former version stays live."] : [];
      return [{ ref, state: "Quarantined", message: [refusal, ...former].join("\n"), at }];
    }
    if (refused.has(ref)) return [{ ref, state: "Failed", message: refused.get(ref)!, at }];
    const address = rendered.get(ref)?.address;
    return resource ? [{ ref, state: "Applied", message: address ? `answers at ${address}` : "live", at }] : [];
  });
}
