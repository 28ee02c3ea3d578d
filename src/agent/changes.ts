import { type Statement, secretsOf, stating } from "../control/stating.ts";
import { looksUntouched } from "../engine/drift.ts";
import type { Target } from "../engine/render.ts";
import { isBase } from "../engine/render.ts";
import { servingWith } from "../engine/serving.ts";
import { type Declared, placeOfClaim } from "../kinds/declare.ts";
import { placeOf } from "../kinds/documents.ts";
import { kindNamed } from "../kinds/index.ts";
import { withoutDefaults } from "../kinds/spec.ts";
import type { Facts } from "../model/facts.ts";
import { UserError } from "../model/problem.ts";
import { parseRef, type Resource, type ResourceRef, whereAndWhose } from "../model/resource.ts";
import { hasSealed } from "../model/sealed.ts";
import { version } from "../model/version.ts";
import type { Stored } from "../store/records.ts";
import type { Write } from "../store/writing.ts";
import { embedPages } from "./pages.ts";
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

/** A stored record as the engine takes it: its defaults filled in, or why this version of Upkeep cannot do that. */
export function revive({ kind: kindName, name, spec, tenant }: Resource): Resource | { readonly unfit: string } {
  const kind = kindNamed(kindName);
  if (!kind) return { unfit: `${runs}, which does not know the kind ${kindName}` };
  const result = kind.spec.safeParse(spec);
  if (result.success) return { kind: kindName, name, spec: result.data, ...(tenant !== undefined && { tenant }) };
  return { unfit: result.error.issues.map(describeUnfit).join("\n") };
}

const runs = `this host runs Upkeep ${version}`;

const describeUnfit = (issue: {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}) =>
  issue.code === "unrecognized_keys"
    ? `${runs}, which does not know ${(issue as unknown as { keys: string[] }).keys.map((key) => `spec.${[...issue.path, key].join(".")}`).join(", ")}`
    : `spec.${issue.path.join(".")}: ${issue.message}; ${runs}`;

/** Declared resources become writes and targets; with `prune`, what the same paths declared before goes. */
export async function intend(
  upkeep: Upkeep,
  declaredHere: readonly Wanted[],
  prune: readonly string[],
): Promise<Intention> {
  const wanted = await embedPages(upkeep, declaredHere);
  const statements = await Promise.all(
    wanted.map(async ({ declared: { ref, resource, claims }, from }): Promise<Statement> => {
      const spec = hasSealed(resource.spec) ? await upkeep.estate.opened(ref, resource.spec) : resource.spec;
      return { ref, resource: { ...resource, spec }, claims, from };
    }),
  );
  const { writes, outcomes } = await stating(upkeep.estate, statements, prune).catch((error: unknown) => {
    throw withPlaces(error, wanted);
  });
  const targets = outcomes.map(({ ref, resource, revision }): Target => ({ ref, resource, revision }));
  const refs = new Set(outcomes.map(({ ref }) => ref));
  return { writes, targets: [...targets, ...(await concerned(upkeep, targets, refs))] };
}

/** Says where in the user's files it stands what is complained about. */
export function withPlaces(error: unknown, wanted: readonly Wanted[]): unknown {
  if (!(error instanceof UserError)) return error;
  const byRef = new Map<string, Declared>(wanted.map(({ declared }) => [declared.ref, declared]));
  return new UserError(
    error.problems.map(({ about, ...problem }) => {
      const declared = about && byRef.get(about.ref);
      if (!declared) return problem;
      const { claim, path } = about;
      return { ...problem, place: claim ? placeOfClaim(declared, claim) : placeOf(declared.document, path) };
    }),
  );
}

/** Maintenances of Upkeep's own sites, when the first site of another web server comes. */
export async function concerned(
  { records, look }: Upkeep,
  targets: readonly Target[],
  known: ReadonlySet<ResourceRef>,
): Promise<Target[]> {
  const facts = look();
  if (servingWith(facts, targets).length === facts.serving.length) return [];
  return (await records.list("Maintenance")).filter(({ ref }) => !known.has(ref)).map(targetOf);
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
    const resource = revive({ kind: kindName, name, spec, ...(old?.tenant !== undefined && { tenant: old.tenant }) });
    if ("unfit" in resource) throw new UserError(`cannot go back to the former ${ref}: ${resource.unfit}`);
    const compact = withoutDefaults(kind, resource.spec);
    const same = old !== undefined && JSON.stringify(old.spec) === JSON.stringify(compact);
    writes.push({
      ref,
      ...secretsOf(resource),
      resource: { ...resource, spec: compact, ...whereAndWhose(old) },
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
  const { records, ledger, host } = upkeep;
  const context = upkeep.context(facts);
  const revisions = new Map((await records.revisions()).map(({ ref, revision }) => [ref, revision]));
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
  for (const record of (await records.find([...wanting])).values()) targets.push(targetOf(record));
  return targets.sort((one, other) => (one.ref < other.ref ? -1 : 1));
}

export function targetOf(record: Stored): Target {
  const { ref, revision, kind, name, spec } = record;
  const revived = revive(record);
  return "unfit" in revived
    ? { ref, revision, resource: { kind, name, spec }, unfit: revived.unfit }
    : { ref, revision, resource: revived };
}
