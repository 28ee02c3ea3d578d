import { z } from "zod";

/** What somebody is in a tenant, the least first. */
export const roles = ["viewer", "member", "admin"] as const;

/**
 * - `viewer` sees what the tenant has.
 * - `member` changes it, too.
 * - `admin` also decides who else does.
 */
export type Role = (typeof roles)[number];

export const roleSchema = z.enum(roles);

/** Who asks, and what they may. Pure: whoever holds one has been let in already. */
export interface Principal {
  /** The account's number; none for commands on the control plane's own machine. */
  readonly user: string | undefined;
  /** As the audit log has it: an e-mail address. */
  readonly name: string;
  /** Operators may everything, in all tenants, and what belongs to no tenant. */
  readonly isOperator: boolean;
  /** By tenant. */
  readonly tenants: Readonly<Record<string, Role>>;
  /** An operator who looks at what this tenant sees. */
  readonly looksAs?: string;
  /** It may look, and change nothing: a token that was made so. */
  readonly readOnly?: true;
}

/** Whether somebody is at least that in a tenant; `undefined`: in what belongs to no tenant. */
export function isAtLeast(
  { isOperator, tenants, readOnly }: Principal,
  role: Role,
  tenant: string | undefined,
): boolean {
  if (readOnly && role !== "viewer") return false;
  if (isOperator) return true;
  const own = tenant === undefined ? undefined : tenants[tenant];
  return own !== undefined && roles.indexOf(own) >= roles.indexOf(role);
}

/** Whether somebody is at least that in any tenant. */
export const isAnywhere = (principal: Principal, role: Role): boolean =>
  isAtLeast(principal, role, undefined) ||
  Object.keys(principal.tenants).some((each) => isAtLeast(principal, role, each));

/** Tenants of which somebody sees what they have; `undefined`: all, and what belongs to none. */
export const visibleTenants = ({ isOperator, tenants }: Principal): readonly string[] | undefined =>
  isOperator ? undefined : Object.keys(tenants);
