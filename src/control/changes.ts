import { kindNamed } from "../kinds/index.ts";
import type { Placement } from "../model/placement.ts";
import { UserError } from "../model/problem.ts";
import { parseRef, type Resource, type ResourceRef } from "../model/resource.ts";
import type { AuditEntry } from "../store/audit.ts";
import type { Estate } from "../store/estate.ts";
import type { Write } from "../store/writing.ts";
import type { Received } from "./receive.ts";
import { secretsOf } from "./stating.ts";

/** One change of the estate: everything that one command wrote. */
export interface EstateChange {
  /** The number of its last entry in the audit log. */
  readonly number: number;
  readonly at: number;
  readonly actor: string;
  readonly cause: string;
  readonly refs: readonly ResourceRef[];
}

/** The estate's changes, newest first. */
export async function changesOf(estate: Estate, limit: number): Promise<EstateChange[]> {
  const changes: EstateChange[] = [];
  for (const group of await newestGroups(estate, limit)) {
    const [first] = group;
    changes.push({
      number: first!.id,
      at: first!.at,
      actor: first!.actor,
      cause: first!.cause,
      refs: group.map(({ ref }) => ref),
    });
  }
  return changes;
}

/** So many groups, each of them whole, however large. */
async function newestGroups(estate: Estate, limit: number): Promise<AuditEntry[][]> {
  for (let entries = 10 * limit; ; entries *= 4) {
    const read = await estate.audit(entries);
    const found = groups(read);
    if (found.length > limit || read.length < entries) return found.slice(0, limit);
  }
}

/** What one command wrote stands together and has one time. */
function groups(entries: readonly AuditEntry[]): AuditEntry[][] {
  const all: AuditEntry[][] = [];
  for (const entry of entries) {
    const last = all.at(-1)?.[0];
    if (last && last.at === entry.at && last.actor === entry.actor && last.cause === entry.cause)
      all.at(-1)!.push(entry);
    else all.push([entry]);
  }
  return all;
}

/** What the audit log tells of besides. */
const notRecords = new Set(["Host", "Tenant", "Account"]);

/** A record as an entry of the audit log has it, with its secrets open. */
export function formerly(estate: Estate, ref: ResourceRef, entry: unknown): Pick<Received["resource"], "spec"> {
  const { spec, placement, tenant } = parts(entry);
  return {
    spec: estate.opened(ref, spec) as Record<string, unknown>,
    ...(placement && { placement }),
    ...(tenant !== undefined && { tenant }),
  };
}

/** What has to be written to have every resource as it was after a change; hosts stay what they are. */
export async function returnTo(estate: Estate, number: number): Promise<Write[]> {
  const head = (await estate.auditHead())?.id ?? 0;
  if (number > head || number < 0)
    throw new UserError(`there is no change ${number}; \`upkeep history\` lists them (0 is before the first)`);
  const former = new Map<ResourceRef, unknown>();
  // Newest first: the oldest entry that is too new has the last word.
  for (const { ref, before } of await estate.audit(head - number))
    if (!notRecords.has(parseRef(ref).kind)) former.set(ref, before);
  return writesTo(estate, former);
}

/** What has to be written to have each of these as an entry of the audit log has it; `undefined`: not at all. */
export async function writesTo(estate: Estate, former: ReadonlyMap<ResourceRef, unknown>): Promise<Write[]> {
  const stored = await estate.find([...former.keys()]);
  const problems: string[] = [];
  const writes = [...former].flatMap(([ref, stated]): Write[] => {
    const seen = stored.get(ref)?.revision ?? 0;
    if (stated === undefined) return seen === 0 ? [] : [{ ref, resource: undefined, source: "", claims: [], seen }];
    const { kind: kindName, name } = parseRef(ref);
    const { spec: sealed, placement = stored.get(ref)?.placement, tenant } = parts(stated);
    const kind = kindNamed(kindName);
    const spec = estate.opened(ref, sealed);
    const parsed = kind?.spec.safeParse(spec);
    if (!kind || !parsed?.success) {
      problems.push(`cannot go back to the former ${ref}: this version of Upkeep does not understand it`);
      return [];
    }
    const resource: Resource = {
      kind: kindName,
      name,
      spec,
      ...(placement && { placement }),
      ...(tenant !== undefined && { tenant }),
    };
    const claims = kind.claims({ ...resource, spec: parsed.data });
    return [{ ref, ...secretsOf(resource), resource, source: stored.get(ref)?.source ?? "", claims, seen }];
  });
  if (problems.length > 0) throw new UserError(problems.map((message) => ({ message })));
  return writes;
}

/** As the audit log has a resource: its spec, or spec, placement and tenant. */
export function parts(stated: unknown): { spec: unknown; placement?: Placement; tenant?: string } {
  const { spec, tenant, ...placement } = stated as { spec?: unknown; tenant?: string } & Placement;
  const isPlaced = placement.host !== undefined || placement.hosts !== undefined;
  if (!isPlaced && (tenant === undefined || spec === undefined)) return { spec: stated };
  return { spec, ...(isPlaced && { placement }), ...(tenant !== undefined && { tenant }) };
}
