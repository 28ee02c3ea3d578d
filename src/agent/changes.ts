import { looksUntouched } from "../engine/drift.ts";
import type { Target } from "../engine/render.ts";
import { isBase } from "../engine/render.ts";
import { servingWith } from "../engine/serving.ts";
import { type Declared, placeOfClaim } from "../kinds/declare.ts";
import { kindNamed } from "../kinds/index.ts";
import { withoutDefaults } from "../kinds/spec.ts";
import type { Facts } from "../model/facts.ts";
import { type Problem, UserError } from "../model/problem.ts";
import { parseRef, type Resource, type ResourceRef } from "../model/resource.ts";
import type { Stored, Write } from "../store/estate.ts";
import { embedPages } from "./pages.ts";
import { refuseDangling } from "./references.ts";
import type { Upkeep } from "./upkeep.ts";

/** A declared resource and the path argument it came in by. */
export interface Wanted {
  readonly declared: Declared;
  readonly from: string;
}

/** What records are to be written, and what that makes the host's business. */
export interface Intention {
  readonly writes: readonly Write[];
  readonly targets: readonly Target[];
}

/** A stored record as the engine takes it: its defaults filled in. */
export function revive({ kind: kindName, name, spec }: Resource): Resource {
  const kind = kindNamed(kindName);
  if (!kind) throw new UserError(`${kindName}/${name} is of a kind that this version of Upkeep does not know`);
  const result = kind.spec.safeParse(spec);
  if (!result.success) {
    throw new UserError(
      result.error.issues.map(({ path, message }) => ({
        message: `${kindName}/${name} in the records: spec.${path.join(".")}: ${message}; mend it with: upkeep edit ${kindName} ${name}`,
      })),
    );
  }
  return { kind: kindName, name, spec: result.data };
}

/** Declared resources become writes and targets; with `prune`, what the same paths declared before goes. */
export async function intend(
  upkeep: Upkeep,
  declaredHere: readonly Wanted[],
  prune: readonly string[],
): Promise<Intention> {
  const wanted = await embedPages(upkeep, declaredHere);
  const refs = new Set(wanted.map(({ declared }) => declared.ref));
  const stored = await upkeep.estate.find([...refs]);
  const gone = (await upkeep.estate.declaredBy(prune)).filter((ref) => !refs.has(ref));
  await refuseTakenClaims(upkeep, wanted, new Set([...refs, ...gone]));
  await refuseDangling(upkeep, wanted, new Set(gone));
  const writes = [
    ...wanted.map(
      ({ declared: { ref, resource, claims }, from }): Write => ({
        ref,
        resource: { ...resource, spec: withoutDefaults(kindNamed(resource.kind)!, resource.spec) },
        source: from,
        claims,
      }),
    ),
    ...gone.map((ref): Write => ({ ref, resource: undefined, source: "", claims: [] })),
  ];
  const targets = [
    ...wanted.map(({ declared }, index): Target => {
      const old = stored.get(declared.ref);
      const same = old !== undefined && JSON.stringify(old.spec) === JSON.stringify(writes[index]!.resource!.spec);
      return {
        ref: declared.ref,
        resource: declared.resource,
        revision: same ? old.revision : (old?.revision ?? 0) + 1,
      };
    }),
    ...gone.map((ref): Target => ({ ref, resource: undefined, revision: 0 })),
  ];
  return { writes, targets: [...targets, ...(await concerned(upkeep, targets, refs))] };
}

/** Maintenances of Upkeep's own sites, when the first site of another web server comes. */
async function concerned(
  { estate, look }: Upkeep,
  targets: readonly Target[],
  known: ReadonlySet<ResourceRef>,
): Promise<Target[]> {
  const facts = look();
  if (servingWith(facts, targets).length === facts.serving.length) return [];
  return (await estate.list("Maintenance")).filter(({ ref }) => !known.has(ref)).map(targetOf);
}

async function refuseTakenClaims(
  { estate }: Upkeep,
  wanted: readonly Wanted[],
  ours: ReadonlySet<ResourceRef>,
): Promise<void> {
  const claimants = await estate.claimants(wanted.flatMap(({ declared }) => declared.claims));
  const problems: Problem[] = [];
  for (const { declared } of wanted) {
    for (const claim of declared.claims) {
      const owner = claimants.get(claim);
      if (owner && !ours.has(owner))
        problems.push({
          message: `${declared.ref}: ${claim} belongs to ${owner} already`,
          place: placeOfClaim(declared, claim),
        });
    }
  }
  if (problems.length > 0) throw new UserError(problems);
}

/** To remove resources by name. */
export const intendRemoval = (refs: readonly ResourceRef[]): Intention => ({
  writes: refs.map((ref) => ({ ref, resource: undefined, source: "", claims: [] })),
  targets: refs.map((ref) => ({ ref, resource: undefined, revision: 0 })),
});

/** To have everything as it was when generation `number` was live. */
export async function intendReturn(upkeep: Upkeep, number: number): Promise<Intention> {
  const earlier = new Map<ResourceRef, unknown>();
  const later = upkeep.ledger
    .generations(Number.MAX_SAFE_INTEGER)
    .filter((generation) => generation.number > number && generation.state === "live");
  // Newest first: the oldest entry that is too new has the last word.
  for (const { resources } of later) for (const { ref, before } of resources) earlier.set(ref, before);
  const stored = await upkeep.estate.find([...earlier.keys()]);
  const writes: Write[] = [];
  const targets: Target[] = [];
  for (const [ref, spec] of earlier) {
    const { kind: kindName, name } = parseRef(ref);
    const kind = kindNamed(kindName)!;
    const old = stored.get(ref);
    if (spec === null) {
      writes.push({ ref, resource: undefined, source: "", claims: [] });
      targets.push({ ref, resource: undefined, revision: 0 });
      continue;
    }
    const resource = revive({ kind: kindName, name, spec });
    const compact = withoutDefaults(kind, resource.spec);
    const same = old !== undefined && JSON.stringify(old.spec) === JSON.stringify(compact);
    writes.push({
      ref,
      resource: { ...resource, spec: compact },
      source: old?.source ?? "",
      claims: kind.claims(resource),
    });
    targets.push({ ref, resource, revision: same ? old.revision : (old?.revision ?? 0) + 1 });
  }
  const ours = new Set(earlier.keys());
  const claimants = await upkeep.estate.claimants(writes.flatMap(({ claims }) => claims));
  const taken = [...claimants].filter(([, owner]) => !ours.has(owner));
  if (taken.length > 0)
    throw new UserError(
      taken.map(([claim, owner]) => ({ message: `cannot go back: ${claim} belongs to ${owner} now` })),
    );
  return { writes, targets };
}

/** Everything that is not as it should be: not applied yet, applied by an older Upkeep, or touched by hand. */
export async function pending(upkeep: Upkeep, facts: Facts): Promise<Target[]> {
  const { estate, ledger, host } = upkeep;
  const context = upkeep.context(facts);
  const revisions = new Map((await estate.revisions()).map(({ ref, revision }) => [ref, revision]));
  const wanting = new Set<ResourceRef>();
  const targets: Target[] = [];
  for (const { ref, revision, context: rendered, known } of ledger.overview()) {
    if (isBase(ref)) continue;
    const current = revisions.get(ref);
    revisions.delete(ref);
    if (current === undefined) targets.push({ ref, resource: undefined, revision: 0 });
    else if (
      current !== revision ||
      rendered !== context ||
      // What a switch should be depends on the time.
      ref.startsWith("Maintenance/") ||
      !looksUntouched(known, host, facts)
    )
      wanting.add(ref);
  }
  for (const ref of revisions.keys()) wanting.add(ref);
  for (const record of (await estate.find([...wanting])).values()) targets.push(targetOf(record));
  return targets.sort((one, other) => one.ref.localeCompare(other.ref));
}

export const targetOf = (record: Stored): Target => ({
  ref: record.ref,
  resource: revive(record),
  revision: record.revision,
});
