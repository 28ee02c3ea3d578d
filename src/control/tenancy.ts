import { kindNamed } from "../kinds/index.ts";
import { withoutDefaults } from "../kinds/spec.ts";
import type { Kind } from "../model/kind.ts";
import { dayOf, mailUseSchema } from "../model/mail-limit.ts";
import type { Placement } from "../model/placement.ts";
import { type Problem, UserError } from "../model/problem.ts";
import { parseRef, type Resource, type ResourceRef, refOf } from "../model/resource.ts";
import { isAtLeast, type Principal } from "../model/role.ts";
import { isBelow, limitOfTenant, overQuota, type Tenant } from "../model/tenant.ts";
import type { Estate } from "../store/estate.ts";
import type { Fleet } from "../store/fleet.ts";
import type { Tenants } from "../store/people/tenants.ts";
import type { Stored } from "../store/records.ts";
import type { Received } from "./receive.ts";
import type { Statement } from "./stating.ts";

/*
 * What somebody may state who is no operator. Asked before anything of others is looked at, so that no answer tells of it.
 */

/** Something that is not theirs to do; what there is of others is not said. */
export class Forbidden extends UserError {}

/** Where the records and their owners are. */
export interface Keepers {
  readonly estate: Estate;
  readonly tenants: Pick<Tenants, "get">;
  readonly fleet: Pick<Fleet, "sizes">;
}

/** A statement with what is not said filled in: whose it is, where it goes, and what only operators may say. */
export async function fillIn(
  principal: Principal,
  all: readonly Received[],
  { estate, tenants }: Keepers,
): Promise<Received[]> {
  if (principal.isOperator) return [...all];
  const stored = await estate.find(all.map(({ resource }) => refOf(resource)));
  const [first, ...others] = Object.keys(principal.tenants);
  return Promise.all(
    all.map(async (received) => {
      const { resource } = received;
      const kind = kindNamed(resource.kind);
      const former = stored.get(refOf(resource));
      const tenant = resource.tenant ?? former?.tenant ?? (others.length === 0 ? first : undefined);
      if (tenant === undefined) throw new UserError(`${resource.kind}/${resource.name}: say whose it is (tenant)`);
      if (former && !isAtLeast(principal, "viewer", former.tenant))
        throw new Forbidden(`there is a ${resource.kind} ${resource.name} already, and it is not yours`);
      const hosts = (await tenants.get(tenant))?.hosts;
      const only = hosts?.length === 1 ? { host: hosts[0]! } : undefined;
      // What is about something of theirs goes where that is.
      const placement =
        resource.placement ?? former?.placement ?? (await placesOfReferred(estate, kind, resource, tenant))[0] ?? only;
      const kept = Object.entries((former?.spec ?? {}) as object).filter(([field]) =>
        kind?.operatorFields?.includes(field),
      );
      return {
        ...received,
        resource: {
          ...resource,
          tenant,
          spec: { ...Object.fromEntries(kept), ...resource.spec },
          ...(placement && { placement }),
        },
      };
    }),
  );
}

/** Throws where somebody may not state, or remove, these. */
export async function refuseWhatIsNotTheirs(
  principal: Principal,
  statements: readonly Statement[],
  gone: readonly ResourceRef[],
  { estate, tenants, fleet }: Keepers,
): Promise<void> {
  if (principal.isOperator && !principal.readOnly) return;
  const refs = [...statements.map(({ ref }) => ref), ...gone];
  const stored = await estate.find(refs);
  for (const [ref, { tenant }] of stored)
    if (!isAtLeast(principal, "member", tenant)) throw new Forbidden(`${ref} is not yours to change`);
  for (const ref of gone)
    if (kindNamed(parseRef(ref).kind)?.scope !== "tenant") throw new Forbidden(`${ref} is not yours to change`);
  for (const { ref, resource } of statements)
    if (!isAtLeast(principal, "member", resource.tenant)) throw new Forbidden(`${ref} is not yours to change`);
  const problems: Problem[] = [];
  const byTenant = Map.groupBy(statements, ({ resource }) => resource.tenant!);
  for (const [name, theirs] of byTenant) {
    const tenant = await tenants.get(name);
    if (!tenant) throw new UserError(`there is no tenant ${name}`);
    const before = await estate.ofTenant(name);
    for (const statement of theirs) {
      const kind = kindNamed(statement.resource.kind);
      const places = await placesOfReferred(estate, kind, statement.resource, name);
      problems.push(...issuesOf(tenant, statement, stored.get(statement.ref), places));
    }
    problems.push(...foreignReferences(theirs, before, gone));
    const touched = new Set<string>(refs);
    const after = [...before.filter(({ ref }) => !touched.has(ref)), ...theirs.map(({ resource }) => resource)];
    const over = overQuota(tenant, before, after) ?? (await overDisk(tenant, before, after, fleet));
    if (over !== undefined) problems.push({ message: over });
  }
  if (problems.length > 0) throw new UserError(problems);
}

/** Megabytes that a tenant's sites hold. */
export const diskOf = async ({ sizes }: Pick<Fleet, "sizes">, tenant: string, now = Date.now()): Promise<number> =>
  Math.ceil((await sizes.ofTenant(tenant, now)) / 1e6);

/** Messages that the accounts of a tenant's sites have sent today, where they have a limit. */
export async function mailOf({ happenings }: Pick<Fleet, "happenings">, tenant: string, now: number): Promise<number> {
  const observed = await happenings.observed({ watch: "mail", now });
  return observed.reduce((sum, { key, value }) => {
    const { data } = key === limitOfTenant(tenant) ? mailUseSchema.safeParse(value) : {};
    return data?.day === dayOf(now) ? sum + data.sent : sum;
  }, 0);
}

/** Whose sites hold more than they may, gets no further one; what there is can be changed, and made smaller. */
async function overDisk(
  { name, title, quotas: { disk } }: Tenant,
  before: readonly Resource[],
  after: readonly Resource[],
  fleet: Pick<Fleet, "sizes">,
): Promise<string | undefined> {
  const sites = (all: readonly Resource[]) => all.filter(({ kind }) => kind === "Site").length;
  if (disk === undefined || sites(after) <= sites(before)) return undefined;
  const used = await diskOf(fleet, name);
  return used > disk ? `${title} may have ${disk} MB in its sites, and has ${used}; make room first` : undefined;
}

/** What one statement has that its tenant may not. */
function issuesOf(
  tenant: Tenant,
  { ref, resource, claims }: Statement,
  former: Stored | undefined,
  places: readonly Placement[],
): Problem[] {
  const kind = kindNamed(resource.kind)!;
  const complain = (path: readonly (string | number)[], message: string): Problem => ({
    message: [ref, ...(path.length > 0 ? [path.join(".")] : []), message].join(": "),
    about: { ref, path },
  });
  if (kind.scope !== "tenant" || tenant.kinds?.includes(kind.name) === false)
    return [complain(["kind"], `${tenant.title} may have no ${kind.name}`)];
  const issues = operatorIssues(kind, resource, former).map((field) =>
    complain(["spec", field], "is stated by operators only"),
  );
  for (const { path, message } of kind.refusesTenants?.(resource) ?? [])
    issues.push(complain(["spec", ...path], message));
  const { suffixes, hosts } = tenant;
  if (suffixes)
    for (const claim of claims) {
      const name = claim.replace(/^host name /, "");
      if (!isBelow(name, suffixes)) issues.push(complain([], `${name} is not below ${suffixes.join(" or ")}`));
    }
  const { placement } = resource;
  const known = [former?.placement, ...places].map((each) => JSON.stringify(each));
  const isMoved = !known.includes(JSON.stringify(placement));
  if (isMoved && (placement?.hosts ?? placement?.strategy))
    issues.push(complain(["hosts"], "operators place by labels; say one host"));
  else if (isMoved && hosts && (placement?.host === undefined || !hosts.includes(placement.host)))
    issues.push(complain(["host"], `must be one of: ${hosts.join(", ")}`));
  return issues;
}

/** Where records of theirs are that it speaks of. */
async function placesOfReferred(
  estate: Estate,
  kind: Kind | undefined,
  resource: Pick<Resource, "kind" | "name" | "spec">,
  tenant: string,
): Promise<Placement[]> {
  const parsed = kind?.refersTo && kind.spec.safeParse(resource.spec);
  if (!parsed?.success) return [];
  const refs = kind!.refersTo!({ ...resource, spec: parsed.data }).map((each) => refOf(each));
  return [...(await estate.find(refs)).values()].flatMap((each) =>
    each.tenant === tenant && each.placement ? [each.placement] : [],
  );
}

/** Fields that only operators state, and that are not as they were. */
function operatorIssues(kind: Kind, resource: Resource, former: Stored | undefined): string[] {
  const said = withoutDefaults(kind, resource.spec) as Readonly<Record<string, unknown>>;
  const was = (former?.spec ?? {}) as Readonly<Record<string, unknown>>;
  return (kind.operatorFields ?? []).filter(
    (field) => said[field] !== undefined && JSON.stringify(said[field]) !== JSON.stringify(was[field]),
  );
}

/** Records of theirs that speak of what is not theirs, or not there: which of both is not said. */
function foreignReferences(
  theirs: readonly Statement[],
  before: readonly Stored[],
  gone: readonly ResourceRef[],
): Problem[] {
  const own = new Set<string>([...before.map(({ ref }) => ref), ...theirs.map(({ ref }) => ref)]);
  for (const ref of gone) own.delete(ref);
  return theirs.flatMap(({ ref, resource }) =>
    (kindNamed(resource.kind)?.refersTo?.(resource) ?? []).flatMap(({ kind, name, path }): Problem[] =>
      own.has(`${kind}/${name}`)
        ? []
        : [
            {
              message: `${ref}: ${["spec", ...path].join(".")}: you have no ${kind} ${name}`,
              about: { ref, path: ["spec", ...path] },
            },
          ],
    ),
  );
}
