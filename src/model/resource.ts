import { z } from "zod";
import type { Placement } from "./placement.ts";

/** One record of the estate: what should exist. */
export interface Resource<Spec = unknown> {
  /** A kind that Upkeep knows, for example `Site`. */
  readonly kind: string;
  /** Unique within its kind. */
  readonly name: string;
  readonly spec: Spec;
  /** Where it goes; without one, this machine. */
  readonly placement?: Placement;
  /** Whose it is; without one, the operator's. */
  readonly tenant?: string;
}

/** The name of a tenant. */
export const tenantName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "must be small letters, digits and dashes, at most 63 of them");

/** What of a record is no spec, to be kept when its spec becomes another. */
export const whereAndWhose = (resource: Resource | undefined): Pick<Resource, "placement" | "tenant"> => ({
  ...(resource?.placement && { placement: resource.placement }),
  ...(resource?.tenant !== undefined && { tenant: resource.tenant }),
});

/** Whether two statements of a resource say the same. */
export const saysTheSame = (one: Resource, other: Resource): boolean =>
  JSON.stringify([one.spec, one.placement, one.tenant]) === JSON.stringify([other.spec, other.placement, other.tenant]);

/** `Site/shop.example.com`: how people, conditions and files name a resource. */
export type ResourceRef = `${string}/${string}`;

export const refOf = (resource: { readonly kind: string; readonly name: string }): ResourceRef =>
  `${resource.kind}/${resource.name}`;

export function parseRef(ref: ResourceRef): { kind: string; name: string } {
  const slash = ref.indexOf("/");
  return { kind: ref.slice(0, slash), name: ref.slice(slash + 1) };
}
