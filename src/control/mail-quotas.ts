import { rhythm } from "../host/pace.ts";
import { siteAccount } from "../kinds/site/layout.ts";
import type { Resource, ResourceRef } from "../model/resource.ts";
import { refOf, saysTheSame } from "../model/resource.ts";
import { fromQuotas, limitOfTenant, type Tenant } from "../model/tenant.ts";
import type { Estate } from "../store/estate.ts";
import type { People } from "../store/people/people.ts";
import type { Stored } from "../store/records.ts";
import type { Write } from "../store/writing.ts";
import type { Control } from "./control.ts";

/** Milliseconds between two looks. */
const every = rhythm(5_000);

const actor = { name: "upkeep", command: "quotas of mail a day" };

/**
 * Keeps a MailLimit for each tenant with a quota of mail a day: the accounts of its sites share it, on every host. Looks again
 * and again, for sites come and go. Returns what ends that.
 */
export function keepMailQuotas({
  control,
  estate,
  people: { tenants, leases },
  log,
}: {
  readonly control: Pick<Control, "write">;
  readonly estate: Pick<Estate, "list" | "ofTenant">;
  readonly people: Pick<People, "tenants" | "leases">;
  readonly log: (text: string) => void;
}): { look(): Promise<void>; stop(): void } {
  async function missing(): Promise<Write[]> {
    const limited = (await tenants.list()).filter(({ quotas }) => quotas.mail !== undefined);
    const wanted = new Map<ResourceRef, Resource>();
    for (const tenant of limited) {
      const limit = limitOf(tenant, await estate.ofTenant(tenant.name));
      if (limit) wanted.set(refOf(limit), limit);
    }
    const there = new Map((await estate.list("MailLimit")).map((record) => [record.ref, record]));
    const writes = [...wanted].flatMap(([ref, resource]): Write[] => {
      const record = there.get(ref);
      // What an operator has stated under that name is theirs.
      const isOurs = record === undefined || record.source === fromQuotas;
      if (!isOurs || (record && saysTheSame(record, resource))) return [];
      return [{ ref, resource, source: fromQuotas, claims: [] }];
    });
    for (const { ref, source } of there.values())
      if (source === fromQuotas && !wanted.has(ref))
        writes.push({ ref, resource: undefined, source: fromQuotas, claims: [] });
    return writes;
  }

  async function look(): Promise<void> {
    if ((await missing()).length === 0) return;
    await leases.hold("mail quotas", async () => {
      const writes = await missing();
      if (writes.length > 0) await control.write(writes, actor);
    });
  }

  let isLooking = false;
  const timer = setInterval(async () => {
    if (isLooking) return;
    isLooking = true;
    await look().catch((error: Error) => log(`cannot keep quotas of mail at the moment: ${error.message}`));
    isLooking = false;
  }, every);
  timer.unref();
  return { look, stop: () => clearInterval(timer) };
}

function limitOf({ name, quotas }: Tenant, records: readonly Stored[]): Resource | undefined {
  const sites = records.filter(({ kind }) => kind === "Site");
  const accounts = [...new Set(sites.map(siteAccount))].sort();
  if (accounts.length === 0) return undefined;
  return {
    kind: "MailLimit",
    name: limitOfTenant(name),
    tenant: name,
    spec: { accounts, perDay: quotas.mail! },
    placement: { hosts: { labels: {} }, strategy: { batch: "100%", pause: "0s", stopOn: "never" } },
  };
}
