import { daemons } from "../daemons/index.ts";
import { leftBehind } from "../daemons/left-behind.ts";
import { lookAtKeyPair } from "../host/certificates.ts";
import type { Host } from "../host/host.ts";
import { compare } from "../items/index.ts";
import type { Look } from "../items/item-type.ts";
import type { Known } from "../model/applied.ts";
import type { Needs } from "../model/daemon.ts";
import type { Facts } from "../model/facts.ts";
import { type Item, type ItemKey, isRemovable, itemKey, type KnownItem, readerOf } from "../model/item.ts";
import type { Rendered } from "../model/kind.ts";
import { withThousands } from "../model/number.ts";
import type { Change, Plan, Refusal } from "../model/plan.ts";
import { policyFile } from "../model/policy.ts";
import { parseRef, type ResourceRef } from "../model/resource.ts";
import type { Ledger } from "./ledger.ts";
import { renderBases, renderTarget, type Target } from "./render.ts";
import { servingWith } from "./serving.ts";

/** A plan with all that carrying it out takes. */
export interface Draft {
  readonly plan: Plan;
  readonly targets: readonly Target[];
  /** What each resource, and each daemon's base, comes to. */
  readonly rendered: ReadonlyMap<ResourceRef, Rendered>;
  /** All needs once the plan is carried out. */
  readonly needs: Needs;
  readonly facts: Facts;
}

export interface World {
  readonly host: Host;
  readonly facts: Facts;
  readonly ledger: Ledger;
}

/**
 * Compares what should be with what is. Reads only; cost grows with the number of targets. `bases`: also what the daemons
 * themselves need.
 */
export function draftPlan(targets: readonly Target[], world: World, { bases = true } = {}): Draft {
  const { ledger } = world;
  const facts = { ...world.facts, serving: servingWith(world.facts, targets) };
  const refused = new Map<ResourceRef, string>();
  const rendered = new Map<ResourceRef, Rendered>();
  for (const { ref, resource, unfit } of targets) {
    if (!resource) continue;
    if (unfit !== undefined) {
      refused.set(ref, unfit);
      continue;
    }
    const result = renderTarget(resource, facts);
    const seen = lookAtKeyPairs(result, world.host);
    const problem = result.refused ?? seen.problem;
    if (problem) refused.set(ref, problem);
    else
      rendered.set(
        ref,
        seen.notes.length > 0 ? { ...result, notes: [...(result.notes ?? []), ...seen.notes] } : result,
      );
  }
  const look: Look = { host: world.host, facts, written: (path) => ledger.content(path), unsafe: new Map() };
  const planOwner = (ref: ResourceRef, items: readonly Item[], changes: Map<ItemKey, Change>) => {
    const result = changesOf(ref, items, ledger.applied(ref)?.known ?? [], look);
    if ("refused" in result) {
      refused.set(ref, result.refused);
      rendered.delete(ref);
      return;
    }
    for (const change of result.changes) {
      const same = changes.get(change.key);
      changes.set(change.key, same ? { ...same, because: [...same.because, ...change.because] } : change);
    }
  };
  const own = new Map<ItemKey, Change>();
  for (const { ref, resource } of targets)
    if (!refused.has(ref)) planOwner(ref, resource ? (rendered.get(ref)?.items ?? []) : [], own);

  const needs = needsAfter(targets, rendered, refused, ledger);
  // What all share comes first: resources put things into it.
  const shared = new Map<ItemKey, Change>();
  for (const base of bases ? renderBases(needs, facts) : []) {
    if (base.items.length === 0 && !ledger.applied(base.ref)) continue;
    rendered.set(base.ref, base);
    planOwner(base.ref, base.items, shared);
  }
  const ordered = inOrder([...shared.values(), ...own.values()]);
  return {
    targets,
    rendered,
    needs,
    facts,
    plan: {
      changes: ordered,
      ...effectsOf(ordered),
      notes: [...[...rendered.values()].flatMap(({ notes = [] }) => notes), ...limitNotes(needs, facts)],
      refused: [...refused].map(([ref, reason]): Refusal => ({ ref, reason })),
    },
  };
}

function lookAtKeyPairs({ ref, keyPairs = [] }: Rendered, { clock }: Host) {
  const seen = keyPairs.map(({ certificate, key }) => lookAtKeyPair(certificate, key, clock.now()));
  return {
    problem: seen.find(({ problem }) => problem !== undefined)?.problem,
    notes: seen.flatMap(({ note }) => (note === undefined ? [] : [`${parseRef(ref).name}: ${note}`])),
  };
}

const places: readonly Item["type"][] = ["package", "account", "directory", "file", "insertion", "link", "service"];

/** What others need comes first; within a type, the order in which it was asked for. */
function inOrder(changes: Iterable<Change>): Change[] {
  const byType = Map.groupBy(changes, ({ item }) => item.type);
  return places.flatMap((type) => byType.get(type) ?? []);
}

/** What must happen to one owner's items, old and new. */
function changesOf(ref: ResourceRef, items: readonly Item[], knowns: readonly Known[], look: Look) {
  const known = new Map(knowns.map((each) => [itemKey(each.item), each]));
  const changes: Change[] = [];
  const because = [ref];
  for (const item of items) {
    const key = itemKey(item);
    const comparison = compare(item, known.get(key), look);
    known.delete(key);
    if (!comparison) continue;
    if ("refused" in comparison) return comparison;
    changes.push({ ...comparison, key, item, because });
  }
  for (const { item } of known.values()) {
    const change = isRemovable(item) ? removal(ref, item, look.host, look.written) : undefined;
    if (change) changes.push(change);
  }
  return { changes };
}

/** How an item goes that nobody asks for any longer; `undefined` if it is gone already. */
function removal(
  ref: ResourceRef,
  known: KnownItem,
  host: Host,
  written: (path: string) => string | undefined,
): Change | undefined {
  const key = itemKey(known);
  if (!("path" in known)) return { verb: "delete", key, item: known, because: [ref] };
  const stat = host.files.stat(known.path);
  if (!stat) return undefined;
  if (known.type === "insertion") {
    const found = host.files.read(known.path) ?? "";
    const content = leftBehind(found, (path) => host.files.read(path), host.clock.now());
    const before = { content: found, mode: stat.mode, uid: stat.uid, gid: stat.gid };
    return found === content ? undefined : { verb: "update", key, item: { ...known, content }, because: [ref], before };
  }
  if (known.type !== "file") return { verb: "delete", key, item: known, because: [ref] };
  const content = host.files.read(known.path) ?? "";
  const before = written(known.path);
  return {
    verb: "delete",
    key,
    item: { ...known, content },
    because: [ref],
    before: { content, mode: stat.mode, uid: stat.uid, gid: stat.gid },
    ...(before !== undefined &&
      before !== content && { drift: { written: before, found: content, says: "was edited by hand" } }),
  };
}

/** What is needed of the daemons once these targets are as they should be. */
function needsAfter(
  targets: readonly Target[],
  rendered: ReadonlyMap<ResourceRef, Rendered>,
  refused: ReadonlyMap<ResourceRef, string>,
  ledger: Ledger,
): Needs {
  const needs = new Map(ledger.needs());
  const count = (list: readonly string[], by: number) => {
    for (const need of list) needs.set(need, (needs.get(need) ?? 0) + by);
  };
  for (const { ref } of targets) {
    if (refused.has(ref)) continue;
    count(ledger.applied(ref)?.needs ?? [], -1);
    count(rendered.get(ref)?.needs ?? [], 1);
  }
  for (const [need, number] of needs) if (number <= 0) needs.delete(need);
  return needs;
}

/** Which daemons these changes start or reload, in the daemons' order. */
export function effectsOf(changes: readonly Change[]): Pick<Plan, "starts" | "reloads"> {
  const touched = new Set<string | undefined>();
  const starting = new Set<string>();
  for (const { item, detail } of changes) {
    touched.add(readerOf(item));
    if (item.type === "service" && !item.command && detail === "start") starting.add(item.name);
  }
  const names = daemons.map(({ name }) => name);
  return {
    starts: names.filter((name) => starting.has(name)),
    reloads: names.filter((name) => touched.has(name) && !starting.has(name)),
  };
}

function limitNotes(needs: Needs, { settings }: Facts): string[] {
  return daemons.flatMap((daemon) => {
    const usual = daemon.openFiles(new Map());
    const wanted = daemon.openFiles(needs);
    const files = needs.get(`${daemon.name} log`) ?? 0;
    if (wanted <= usual) return [];
    const start = `${daemon.name} will hold ${withThousands(files)} log files open; its limit is ${withThousands(usual)}`;
    return settings.policy.raiseLimits
      ? [`${start} and will be raised to ${withThousands(wanted)}. With \`logs: shared\` the sites would share one.`]
      : [
          `${start} and may not be raised (\`raiseLimits\` in ${policyFile}). Use \`logs: shared\` for some of the sites.`,
        ];
  });
}
