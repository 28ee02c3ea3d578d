import { z } from "zod";
import { type Resource, type ResourceRef, refOf } from "./resource.ts";

/**
 * What one resource should be on one host, as it travels and as the host keeps it. Complete in itself: whoever has the
 * newest one needs no other.
 */
export interface Desired {
  readonly ref: ResourceRef;
  /** Counts up with every change of the estate; of two entries for a resource, the one with the higher number holds. */
  readonly sequence: number;
  /** Counts up with every change of this resource's spec. */
  readonly revision: number;
  /** `null`: it should not be there. */
  readonly resource: Resource | null;
  /** Who wanted it: `alice: apply shop.yaml`. */
  readonly cause: string;
  /** The version of Upkeep that wrote it. */
  readonly writer: string;
  /** Built pages that it speaks of, by their digests. */
  readonly pages?: Readonly<Record<string, string>>;
}

const resource = z.object({
  kind: z.string(),
  name: z.string(),
  spec: z.unknown(),
  tenant: z.string().exactOptional(),
});

const schema = z
  .object({
    ref: z.string(),
    sequence: z.int().min(0),
    revision: z.int().min(0),
    resource: resource.nullable(),
    cause: z.string(),
    writer: z.string(),
    pages: z.record(z.string(), z.string()).exactOptional(),
  })
  .refine((entry) => entry.resource === null || refOf(entry.resource) === entry.ref);

/** An entry as it has travelled; `undefined` if it is none. What its resource may be is the kind's business. */
export function readDesired(text: string): Desired | undefined {
  try {
    return schema.parse(JSON.parse(text)) as Desired;
  } catch {
    return undefined;
  }
}

/** A key in the bucket `desired`: `web1.Site.shop.example.com`. Whatever is no letter, digit or dash of a name is escaped. */
export function desiredKey(host: string, ref: ResourceRef): string {
  const slash = ref.indexOf("/");
  const parts = ref.slice(slash + 1).split(".");
  return [host, ref.slice(0, slash), ...parts.map(escapePart)].join(".");
}

/** Empty parts would be no key. `=` begins an escape, so it is escaped itself. */
const escapePart = (part: string): string =>
  part === ""
    ? "="
    : [...Buffer.from(part)]
        .map((byte) =>
          /[A-Za-z0-9_-]/.test(String.fromCharCode(byte))
            ? String.fromCharCode(byte)
            : `=${byte.toString(16).padStart(2, "0")}`,
        )
        .join("");
