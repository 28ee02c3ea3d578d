import { didYouMean } from "../kinds/did-you-mean.ts";
import { placeOf } from "../kinds/documents.ts";
import { kindNamed } from "../kinds/index.ts";
import type { Reference } from "../model/kind.ts";
import { type Problem, UserError } from "../model/problem.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { Wanted } from "./changes.ts";
import type { Upkeep } from "./upkeep.ts";

/** Refuses resources that speak of others which are neither in the records nor about to be. */
export async function refuseDangling(
  { estate }: Upkeep,
  wanted: readonly Wanted[],
  gone: ReadonlySet<ResourceRef>,
): Promise<void> {
  const speaking = wanted.flatMap(({ declared }) => {
    const references = kindNamed(declared.resource.kind)?.refersTo?.(declared.resource) ?? [];
    return references.map((reference) => ({ declared, reference }));
  });
  if (speaking.length === 0) return;
  const known = new Map<string, Set<string>>();
  for (const kind of new Set(speaking.map(({ reference }) => reference.kind))) {
    const stored = (await estate.list(kind)).filter(({ ref }) => !gone.has(ref)).map(({ name }) => name);
    const added = wanted.flatMap(({ declared: { resource } }) => (resource.kind === kind ? [resource.name] : []));
    known.set(kind, new Set([...stored, ...added]));
  }
  const problems = speaking.flatMap(({ declared, reference }): Problem[] => {
    const message = complaint(reference, known.get(reference.kind)!);
    return message
      ? [{ message: `${declared.ref}: ${message}`, place: placeOf(declared.document, ["spec", ...reference.path]) }]
      : [];
  });
  if (problems.length > 0) throw new UserError(problems);
}

function complaint({ kind, name }: Reference, known: ReadonlySet<string>): string | undefined {
  if (known.has(name)) return undefined;
  if (!name.startsWith("*.")) return `there is no ${kind}/${name}${didYouMean(name, [...known])}`;
  const suffix = name.slice(1);
  if ([...known].some((each) => each.endsWith(suffix))) return undefined;
  return `"${name}" matches no ${kind}; there is none below ${name.slice(2)}`;
}
