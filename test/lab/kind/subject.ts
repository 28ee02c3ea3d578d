import type { TestHost } from "../../../lab/lab.ts";
import type { PackageSet } from "../../../lab/packages.ts";
import type { BootOptions } from "../../../lab/world.ts";

/** One record of the kind, but for its name. */
export type Spec = Readonly<Record<string, unknown>>;

/** What a suite of behaviours has to know of a kind, and of the host that it is tried on. */
export interface Subject {
  readonly kind: string;
  readonly server?: BootOptions["server"];
  /** What the host has besides. */
  readonly packages?: PackageSet;
  /** Makes of a booted host what such a host is before Upkeep comes; `others` are there by then. */
  readonly prepare?: (host: TestHost) => Promise<void>;
  /** Files of others, in directories from which the daemons read ours. */
  readonly others: Readonly<Record<string, string>>;
  /** Records of other kinds that were applied before: those that it is about, and those that only are there, too. */
  readonly before: readonly Stated[];

  /** What the suite states, changes and removes. */
  readonly name: string;
  readonly good: Spec;
  /** Differs from `good` in one thing. */
  readonly changed: Spec;
  /** One more, good on the same host. */
  readonly neighbour: { readonly name: string; readonly spec: Spec };
  /** What the schema does not allow, and why. */
  readonly refused: { readonly spec: Spec; readonly says: RegExp };
  /** What only the daemon's own checker finds, and its words; for kinds whose daemon has one. */
  readonly quarantined?: { readonly spec: Spec; readonly says: RegExp };
  /** What stands in `good` and is nobody else's, and the only files that it may stand in. */
  readonly secret?: { readonly plain: string; readonly mayStandIn: readonly RegExp[] };

  /** What the world notices of `good`; throws where it does not. */
  readonly isThere: (host: TestHost) => Promise<void>;
  readonly isChanged: (host: TestHost) => Promise<void>;
  readonly isGone: (host: TestHost) => Promise<void>;

  /** What stays when it goes, and why that is right. */
  readonly leaves?: readonly Left[];
  /** What daemons write by themselves while they run. */
  readonly moves?: readonly RegExp[];
}

/** Something that stays, by its name in a picture of the host. */
export interface Left {
  readonly name: RegExp;
  readonly because: string;
}

export interface Stated {
  readonly kind: string;
  readonly name: string;
  readonly spec?: Spec;
}

/** As `upkeep apply` takes it. JSON is YAML; in lines, so that a place in it says something. */
export const yamlOf = (...records: readonly Stated[]): string =>
  records.map((record) => `${JSON.stringify(record, undefined, 2)}\n`).join("---\n");
