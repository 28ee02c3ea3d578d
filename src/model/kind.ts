import type { z } from "zod";
import type { Facts } from "./facts.ts";
import type { Item } from "./item.ts";
import type { Probe } from "./probe.ts";
import type { Resource, ResourceRef } from "./resource.ts";

/** A type of resource: its schema, and how it becomes items. */
export interface Kind<Spec = unknown> {
  readonly name: string;
  /** One sentence for `upkeep explain` and the reference. */
  readonly summary: string;
  /** Who may create it. */
  readonly scope: "operator" | "tenant";
  readonly spec: z.ZodType<Spec>;
  /** The form a name is stored in, or a reason why it cannot be a name. */
  readonly normaliseName: (name: string) => { readonly name: string } | { readonly problem: string };
  /** Rules that need more than one field; paths are relative to `spec`. */
  readonly check: (resource: Resource<Spec>) => readonly SpecIssue[];
  /** What it asks of a host that the host's owner may refuse. */
  readonly asks?: (resource: Resource<Spec>) => Asked;
  /** Fields of `spec` that are kept and sent encrypted, and shown to nobody. */
  readonly secrets?: readonly string[];
  /** Fields of `spec` that only operators state; in a record of a tenant they stay as they are. */
  readonly operatorFields?: readonly string[];
  /** What a tenant may not state, besides; paths are relative to `spec`. */
  readonly refusesTenants?: (resource: Resource<Spec>) => readonly SpecIssue[];
  /** What somebody has changed by hand in one of its files, as the record can state it. Without it, it never can. */
  readonly takeEdit?: (spec: Spec, edit: Edit) => Taken;
  /** What must exist for it to make sense. */
  readonly refersTo?: (resource: Resource<Spec>) => readonly Reference[];
  /** What no other resource may claim: `host name shop.example.com`. */
  readonly claims: (resource: Resource<Spec>) => readonly string[];
  /** Pure: resource and facts in, items out. */
  readonly render: (resource: Resource<Spec>, facts: Facts) => Rendering;
}

/** A file as it was written, and as it was found. */
export interface Edit {
  readonly written: string;
  readonly found: string;
}

export type Taken = { readonly spec: unknown } | { readonly problem: string };

/** Something that a resource speaks of. */
export interface Reference {
  readonly kind: string;
  /** A name, or `*.example.org` for at least one below it. */
  readonly name: string;
  /** Where it stands, relative to `spec`. */
  readonly path: SpecIssue["path"];
}

/** See `/etc/upkeep/policy.yaml`; paths are relative to `spec`. */
export interface Asked {
  /** Accounts that it uses or makes. */
  readonly accounts?: readonly AskedFor[];
  /** Files of the host that it names. */
  readonly files?: readonly AskedFor[];
  /** Proxies that are believed about who a visitor is. */
  readonly proxies?: readonly AskedFor[];
  /** Lines in a server's own language. */
  readonly custom?: readonly AskedFor[];
}

export interface AskedFor {
  readonly value: string;
  readonly path: SpecIssue["path"];
}

export interface SpecIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a resource comes to on one host. */
export interface Rendering {
  readonly items: readonly Item[];
  /** What it needs of daemons, see {@link Needs}. */
  readonly needs: readonly string[];
  readonly probes: readonly Probe[];
  /** Certificates with their keys, to be looked at before a server has to live with them. */
  readonly keyPairs?: readonly { readonly certificate: string; readonly key: string }[];
  /** Where people reach it. */
  readonly address?: string;
  /** Host names under which it answers, wildcards included. */
  readonly hostNames?: readonly string[];
  /** What is worth saying before it happens. */
  readonly notes?: readonly string[];
  /** It cannot be carried out on this host, and why. */
  readonly refused?: string;
}

/** A rendering with its owner, as the engine handles it. */
export interface Rendered extends Rendering {
  readonly ref: ResourceRef;
}

/** Lets a kind be written with its spec's type and listed without it. */
export const kind = <Spec>(definition: Kind<Spec>): Kind => definition as unknown as Kind;
