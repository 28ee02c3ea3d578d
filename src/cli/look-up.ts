import { didYouMean } from "../kinds/did-you-mean.ts";
import { kindNamed, kinds } from "../kinds/index.ts";
import { UserError } from "../model/problem.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { Records, Stored } from "../store/records.ts";

/*
 * Records by what people type, whether they are kept here or by a control plane.
 */

/** All records, those of a kind, or the one of that name. */
export async function lookUp(records: Records, kind?: string, name?: string): Promise<Stored[]> {
  if (kind && !kindNamed(kind)) {
    const names = kinds.map((each) => each.name);
    throw new UserError(`there is no kind "${kind}"${didYouMean(kind, names) || `; there is: ${names.join(", ")}`}`);
  }
  return name === undefined ? records.list(kind) : [await lookUpOne(records, kind!, name)];
}

export async function lookUpOne(records: Records, kind: string, name: string): Promise<Stored> {
  const ref = refFor(kind, name);
  return (await records.get(ref)) ?? (await complainOf([ref], records, kind));
}

/** The references of resources that are all there. */
export async function lookUpRefs(records: Records, kind: string, names: readonly string[]): Promise<ResourceRef[]> {
  const refs = names.map((name) => refFor(kind, name));
  const found = await records.find(refs);
  const missing = refs.filter((ref) => !found.has(ref));
  return missing.length > 0 ? complainOf(missing, records, kind) : refs;
}

async function complainOf(missing: readonly ResourceRef[], records: Records, kind: string): Promise<never> {
  const known = (await records.list(kindNamed(kind) && kind)).map(({ ref }) => ref);
  throw new UserError(missing.map((ref) => ({ message: `there is no ${ref}${didYouMean(ref, known)}` })));
}

/** With the name as it is stored, so that `münchen.example` finds what was stored as its A-label. */
function refFor(kind: string, name: string): ResourceRef {
  const result = kindNamed(kind)?.normaliseName(name);
  return `${kind}/${result && "name" in result ? result.name : name}`;
}
