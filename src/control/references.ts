import { didYouMean } from "../kinds/did-you-mean.ts";
import { kindNamed } from "../kinds/index.ts";
import type { Reference } from "../model/kind.ts";
import type { Problem } from "../model/problem.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { Records } from "../store/records.ts";
import type { Statement } from "./stating.ts";

/** Resources that speak of others which are neither in the records nor about to be. */
export async function danglingReferences(
  records: Records,
  statements: readonly Statement[],
  gone: ReadonlySet<ResourceRef>,
): Promise<Problem[]> {
  const speaking = statements.flatMap((statement) => {
    const references = kindNamed(statement.resource.kind)?.refersTo?.(statement.resource) ?? [];
    return references.map((reference) => ({ statement, reference }));
  });
  if (speaking.length === 0) return [];
  const known = new Map<string, Set<string>>();
  for (const kind of new Set(speaking.map(({ reference }) => reference.kind))) {
    const stored = (await records.list(kind)).filter(({ ref }) => !gone.has(ref)).map(({ name }) => name);
    const added = statements.flatMap(({ resource }) => (resource.kind === kind ? [resource.name] : []));
    known.set(kind, new Set([...stored, ...added]));
  }
  return speaking.flatMap(({ statement: { ref }, reference }): Problem[] => {
    const message = complaint(reference, known.get(reference.kind)!);
    return message ? [{ message: `${ref}: ${message}`, about: { ref, path: ["spec", ...reference.path] } }] : [];
  });
}

function complaint({ kind, name }: Reference, known: ReadonlySet<string>): string | undefined {
  if (known.has(name)) return undefined;
  if (!name.startsWith("*.")) return `there is no ${kind}/${name}${didYouMean(name, [...known])}`;
  const suffix = name.slice(1);
  if ([...known].some((each) => each.endsWith(suffix))) return undefined;
  return `"${name}" matches no ${kind}; there is none below ${name.slice(2)}`;
}
