/** One record of the estate: what should exist. */
export interface Resource<Spec = unknown> {
  /** A kind that Upkeep knows, for example `Site`. */
  readonly kind: string;
  /** Unique within its kind. */
  readonly name: string;
  readonly spec: Spec;
}

/** `Site/shop.example.com`: how people, conditions and files name a resource. */
export type ResourceRef = `${string}/${string}`;

export const refOf = (resource: { readonly kind: string; readonly name: string }): ResourceRef =>
  `${resource.kind}/${resource.name}`;

export function parseRef(ref: ResourceRef): { kind: string; name: string } {
  const slash = ref.indexOf("/");
  return { kind: ref.slice(0, slash), name: ref.slice(slash + 1) };
}
