import { UserError } from "../model/problem.ts";
import type { ChangedSince } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { Estate } from "../store/estate.ts";
import type { FleetHost } from "../store/fleet-host.ts";
import type { Write } from "../store/writing.ts";
import { parts, writesTo } from "./changes.ts";

/**
 * What has to be written to have one host as it was at one of its generations: each record that has changed it since, as it
 * was before it first did. A record of several hosts goes back on all of them.
 */
export async function returnHost(
  estate: Estate,
  host: Pick<FleetHost, "name" | "labels">,
  changed: ChangedSince["changed"],
): Promise<Write[]> {
  const former = new Map<ResourceRef, unknown>();
  const problems: string[] = [];
  for (const { ref, sequence } of changed) {
    const [entry] = await estate.audit(1, { ref, after: sequence - 1 });
    if (entry?.id !== sequence)
      problems.push(`${ref} came to ${host.name}, or went, by labels or because a host joined`);
    // A host speaks for what is its own, and for nothing else.
    else if (![entry.before, entry.after].some((stated) => mayBeOn(stated, host)))
      problems.push(`${ref} has never been stated for ${host.name}`);
    else former.set(ref, entry.before);
  }
  if (problems.length > 0)
    throw new UserError(problems.map((message) => ({ message: `cannot go back by records: ${message}` })));
  return writesTo(estate, former);
}

function mayBeOn(stated: unknown, { name, labels }: Pick<FleetHost, "name" | "labels">): boolean {
  if (stated === undefined) return false;
  const { placement } = parts(stated);
  if (placement?.hosts)
    return Object.entries(placement.hosts.labels).every(([label, value]) => labels[label] === value);
  return placement?.host === undefined || placement.host === name;
}
