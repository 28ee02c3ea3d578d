import { didYouMean } from "../kinds/did-you-mean.ts";
import { kindNamed } from "../kinds/index.ts";
import { withoutDefaults } from "../kinds/spec.ts";
import type { Placeable } from "../model/placement.ts";
import { type Problem, UserError } from "../model/problem.ts";
import { type Resource, type ResourceRef, saysTheSame } from "../model/resource.ts";
import type { Estate } from "../store/estate.ts";
import type { Write } from "../store/writing.ts";
import { danglingReferences } from "./references.ts";

/** A resource as someone states it: checked by itself, with its defaults filled in. */
export interface Statement {
  readonly ref: ResourceRef;
  readonly resource: Resource;
  readonly claims: readonly string[];
  /** The path argument it came in by, for `--prune`. */
  readonly from: string;
  /** The revision that whoever states it has looked at. */
  readonly seen?: number;
}

/** What has to be written, and what that comes to. */
export interface Writing {
  readonly writes: readonly Write[];
  /** In the order of the statements, then what goes. */
  readonly outcomes: readonly Outcome[];
}

export interface Outcome {
  readonly ref: ResourceRef;
  /** `undefined`: it is to go. */
  readonly resource: Resource | undefined;
  readonly revision: number;
  readonly isNews: boolean;
}

/** Checks statements against the estate; with `prune`, what the same paths stated before goes; `removed` goes, too. */
export async function stating(
  estate: Estate,
  statements: readonly Statement[],
  prune: readonly string[],
  removed: readonly ResourceRef[] = [],
): Promise<Writing> {
  const refs = new Set(statements.map(({ ref }) => ref));
  const stored = await estate.find([...refs]);
  const gone = [...new Set([...(await estate.declaredBy(prune)).filter((ref) => !refs.has(ref)), ...removed])];
  const problems = [
    ...(await takenClaims(estate, statements, new Set([...refs, ...gone]))),
    ...(await danglingReferences(estate, statements, new Set(gone))),
    ...unknownHosts(statements, await hostsFor(estate, statements)),
  ];
  if (problems.length > 0) throw new UserError(problems);
  const leaving = await estate.find(gone);
  const missing = gone.filter((ref) => !leaving.has(ref));
  if (missing.length > 0) throw new UserError(missing.map((ref) => ({ message: `there is no ${ref}` })));
  const writes = [
    ...statements.map(
      ({ ref, resource, claims, from, seen }): Write => ({
        ...secretsOf(resource),
        ref,
        resource: { ...resource, spec: withoutDefaults(kindNamed(resource.kind)!, resource.spec) },
        source: from,
        claims,
        seen: seen ?? stored.get(ref)?.revision ?? 0,
      }),
    ),
    ...gone.map(
      (ref): Write => ({ ref, resource: undefined, source: "", claims: [], seen: leaving.get(ref)!.revision }),
    ),
  ];
  const outcomes = [
    ...statements.map(({ ref, resource }, index): Outcome => {
      const old = stored.get(ref);
      const isNews = old === undefined || !saysTheSame(old, writes[index]!.resource!);
      return { ref, resource, revision: (old?.revision ?? 0) + (isNews ? 1 : 0), isNews };
    }),
    ...gone.map((ref): Outcome => ({ ref, resource: undefined, revision: 0, isNews: true })),
  ];
  return { writes, outcomes };
}

async function takenClaims(
  estate: Estate,
  statements: readonly Statement[],
  ours: ReadonlySet<ResourceRef>,
): Promise<Problem[]> {
  const claimants = await estate.claimants(statements.flatMap(({ claims }) => claims));
  return statements.flatMap(({ ref, claims }) =>
    claims.flatMap((claim): Problem[] => {
      const owner = claimants.get(claim);
      return owner && !ours.has(owner)
        ? [{ message: `${ref}: ${claim} belongs to ${owner} already`, about: { ref, claim, path: [] } }]
        : [];
    }),
  );
}

/** Which fields of a resource are kept encrypted. */
export function secretsOf({ kind }: Resource): Pick<Write, "secrets"> {
  const secrets = kindNamed(kind)?.secrets;
  return secrets ? { secrets } : {};
}

/** The hosts that it takes to judge these: those that are named, where all name one that there is. */
async function hostsFor(estate: Estate, statements: readonly Statement[]): Promise<Placeable[]> {
  const names = [...new Set(statements.map(({ resource }) => resource.placement?.host))];
  if (names.every((name) => name !== undefined) && names.length < 500) {
    const named = await estate.hosts(names);
    if (named.length === names.length) return named;
  }
  return estate.hosts();
}

function unknownHosts(statements: readonly Statement[], hosts: readonly Placeable[]): Problem[] {
  const names = hosts.map(({ name }) => name);
  return statements.flatMap(({ ref, resource: { placement } }): Problem[] => {
    const complain = (field: string, message: string): Problem[] => [
      { message: `${ref}: ${field}: ${message}`, about: { ref, path: [field] } },
    ];
    if (!placement)
      return names.length > 1
        ? [
            {
              message: `${ref}: say on which host it should be: \`host: ${names[0]}\`, or \`hosts\` with labels; hosts are: ${names.join(", ")}`,
              about: { ref, path: ["name"] },
            },
          ]
        : [];
    const { host, hosts: selector } = placement;
    if (names.length === 0)
      return complain(
        host === undefined ? "hosts" : "host",
        "these records are of this machine alone; leave it out, or set up a control plane: `upkeep install server`",
      );
    if (host !== undefined && !names.includes(host))
      return complain(
        "host",
        `there is no host ${host}${didYouMean(host, names)}; \`upkeep host add ${host}\` makes it part of the estate`,
      );
    const fits = ({ labels }: Placeable) =>
      Object.entries(selector?.labels ?? {}).every(([key, value]) => labels[key] === value);
    if (selector && !hosts.some(fits))
      return complain("hosts", "no host has these labels; `upkeep host list` shows what there is");
    return [];
  });
}
