import { z } from "zod";
import { hostLabel } from "./placement.ts";
import type { Resource } from "./resource.ts";
import { tenantName } from "./resource.ts";

/** What of a tenant's records is counted, and held against what it may have. */
const counted: Readonly<Record<string, { readonly says: string; readonly of: (all: readonly Resource[]) => number }>> =
  {
    sites: { says: "sites", of: (all) => all.filter(({ kind }) => kind === "Site").length },
    names: {
      says: "host names",
      of: (all) =>
        all.reduce((sum, { kind, spec }) => (kind === "Site" ? sum + 1 + listOf(spec, "aliases").length : sum), 0),
    },
    accounts: {
      says: "accounts on hosts, as which sites run",
      of: (all) => new Set(all.flatMap((each) => (each.kind === "Site" ? [accountOf(each)] : []))).size,
    },
    workers: {
      says: "requests that PHP works on at once",
      of: (all) => all.reduce((sum, { spec }) => sum + workersOf(spec), 0),
    },
    maintenances: { says: "maintenances", of: (all) => all.filter(({ kind }) => kind === "Maintenance").length },
  };

/** People are counted where they are invited, what files hold is measured on hosts, and mail is refused there. */
export const quotaNames = [...Object.keys(counted), "people", "disk", "mail"];

/** The source of records that follow from quotas, and are nobody's to state. */
export const fromQuotas = "quotas of tenants";

/** The name of the MailLimit of a tenant. */
export const limitOfTenant = (tenant: string): string => `tenant-${tenant}`;

/** What one tenant may have at most. Without a number there is no limit. */
export const quotasSchema = z
  .strictObject(
    Object.fromEntries(
      [
        ...Object.entries(counted).map(([name, { says }]) => [name, says]),
        ["people", "people who may sign in, with those who are invited"],
        ["disk", "megabytes in their sites, measured some times a day"],
        ["mail", "messages a day from the accounts of their sites, by the mail servers of their hosts"],
      ].map(([name, says]) => [name, z.int().min(0).max(1_000_000).optional().describe(`Most ${says}.`)]),
    ) as Record<string, z.ZodOptional<z.ZodInt>>,
  )
  .meta({ id: "Quotas" });

const suffix = z
  .string()
  .max(253)
  .regex(
    /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be a domain in small letters, like example.com",
  );

/** A customer, or a department: whose records they are, and within which limits. */
export const tenantSchema = z
  .strictObject({
    name: tenantName.describe("By it records say whose they are. It does not change."),
    title: z.string().trim().min(1).max(200).describe("For people."),
    quotas: quotasSchema.default({}),
    kinds: z
      .array(z.string().max(64))
      .max(100)
      .optional()
      .describe("Only these kinds. Default: all that are for tenants."),
    hosts: z.array(hostLabel).max(10_000).optional().describe("Only these hosts. Default: all."),
    suffixes: z
      .array(suffix)
      .max(1_000)
      .optional()
      .describe("Only host names that are one of these, or below one. Default: all that nobody else has."),
  })
  .meta({ id: "Tenant" });

export type Tenant = z.output<typeof tenantSchema>;

/** How much of each quota is used. */
export const usageOf = (records: readonly Resource[]): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counted).map(([name, { of }]) => [name, of(records)]));

/** What would be more than the tenant may have, and is more than it has: `undefined` if nothing. */
export function overQuota(
  { quotas, title }: Tenant,
  before: readonly Resource[],
  after: readonly Resource[],
): string | undefined {
  const [had, has] = [usageOf(before), usageOf(after)];
  for (const [name, { says }] of Object.entries(counted)) {
    const most = quotas[name];
    if (most !== undefined && has[name]! > most && has[name]! > had[name]!)
      return `${title} may have ${most} ${says}; this would be ${has[name]}`;
  }
  return undefined;
}

/** Whether a host name, which may begin with a star, is below one of these. */
export function isBelow(name: string, suffixes: readonly string[]): boolean {
  const plain = name.replace(/^\*\./, "");
  return suffixes.some((each) => plain === each || plain.endsWith(`.${each}`));
}

/** Each site has one of its own, if it does not say which. */
const accountOf = ({ name, spec }: Resource): string => (spec as { readonly user?: string }).user ?? `that of ${name}`;

const listOf = (spec: unknown, field: string): readonly unknown[] => {
  const value = (spec as Readonly<Record<string, unknown>>)[field];
  return Array.isArray(value) ? value : [];
};

/** What `php` may be is in `kinds/site/schema.ts`; 8 is its default. */
function workersOf(spec: unknown): number {
  const { php } = spec as { readonly php?: unknown };
  if (php === undefined || php === false) return 0;
  return typeof php === "object" && php !== null ? ((php as { readonly children?: number }).children ?? 8) : 8;
}
