import { posix } from "node:path";
import { z } from "zod";
import type { Asked, SpecIssue } from "./kind.ts";
import { type Resource, tenantName } from "./resource.ts";

export const policyFile = "/etc/upkeep/policy.yaml";

const account = z
  .string()
  .regex(/^[A-Za-z0-9._*-]{1,32}$/, "must be the name of an account; `*` stands for any part of one");

/**
 * What the host's owner lets records do here, from `/etc/upkeep/policy.yaml`. Whoever writes records, and wherever they
 * come from, this has the last word. Every field has a default; the file need not exist.
 */
export const policySchema = z.strictObject({
  kinds: z
    .array(z.string().regex(/^[A-Z][A-Za-z0-9]*$/, 'must be the name of a kind, like "Site"'))
    .optional()
    .describe("The only kinds that are carried out here. Default: all."),
  tenants: z
    .array(tenantName)
    .optional()
    .describe("The only tenants whose records are carried out here, besides the operator's own. Default: all."),
  accounts: z
    .strictObject({
      only: z
        .array(account)
        .optional()
        .describe("The only accounts that records may use or make; `*` stands for any part. Default: all."),
      never: z
        .array(account)
        .default([])
        .describe("Accounts that no record may use, besides root, www-data and every system account."),
    })
    .prefault({}),
  files: z
    .array(z.string().regex(/^\/[^*]*$/, "must be the absolute path of a directory"))
    .optional()
    .describe("The only directories whose files records may name: certificates and their keys. Default: all."),
  checks: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/), z.array(z.string().min(1)).min(1))
    .default({})
    .describe(
      "Programs that may decide whether an address of a DnsPool is up, by the names that pools call them: `{disk: [/usr/local/bin/ask-disk]}`. They get the address as their last argument, and run without rights.",
    ),
  custom: z.boolean().default(true).describe("Whether raw server lines (`custom`) are accepted."),
  proxies: z
    .boolean()
    .default(true)
    .describe(
      "Whether records may say which proxies are believed about who a visitor is (`trustedProxies`). Jails go by it.",
    ),
  raiseLimits: z.boolean().default(true).describe("Whether a service's open-file limit may be raised."),
});

export type Policy = z.output<typeof policySchema>;

export const defaultPolicy: Policy = policySchema.parse({});

/** What of a record the host's owner does not allow; paths are relative to `spec`, and none is the record itself. */
export function forbidden(
  policy: Policy,
  { kind, tenant }: Pick<Resource, "kind" | "tenant">,
  { accounts = [], files = [], custom = [], proxies = [] }: Asked,
): SpecIssue[] {
  const issues: SpecIssue[] = [];
  const refuse = (path: SpecIssue["path"], what: string, field: string) =>
    issues.push({ path, message: `${what} is not allowed on this host (\`${field}\` in ${policyFile})` });
  const { only, never } = policy.accounts;
  if (policy.kinds && !policy.kinds.includes(kind)) refuse([], kind, "kinds");
  if (policy.tenants && tenant !== undefined && !policy.tenants.includes(tenant))
    refuse([], `what belongs to the tenant ${tenant}`, "tenants");
  for (const { value, path } of accounts) {
    if (isAnyOf(value, never)) refuse(path, `the account ${value}`, "accounts.never");
    else if (only && !isAnyOf(value, only)) refuse(path, `the account ${value}`, "accounts.only");
  }
  for (const { value, path } of files)
    if (policy.files && !policy.files.some((directory) => isBelow(value, directory))) refuse(path, value, "files");
  if (!policy.custom) for (const { path } of custom) refuse(path, "a raw server line", "custom");
  if (!policy.proxies) for (const { value, path } of proxies) refuse(path, `to believe the proxy ${value}`, "proxies");
  return issues;
}

const isAnyOf = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => {
    const parts = pattern.split("*").map((part) => RegExp.escape(part));
    return new RegExp(`^${parts.join(".*")}$`, "s").test(name);
  });

/** As the path is written; where links lead is for whoever opens it. */
const isBelow = (path: string, directory: string): boolean => {
  const top = posix.normalize(`${directory}/`);
  return posix.normalize(path).startsWith(top);
};
