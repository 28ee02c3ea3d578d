import type { ConditionState } from "./condition.ts";
import type { HostEvent } from "./happening.ts";
import type { Metric, Sample } from "./metrics.ts";
import type { PoolMember } from "./pool-member.ts";

/** What there is to measure of a host. Times in milliseconds since 1970. */
export interface Figures {
  /** Nothing: this machine, which has no estate. */
  readonly host?: string;
  readonly version?: string;
  readonly generation?: number;
  /** When it was last heard of. */
  readonly seenAt?: number;
  /** How many resources are in each state. */
  readonly conditions: Readonly<Partial<Record<ConditionState, number>>>;
  /** Upkeep's own services there, and whether they are well; of this machine alone. */
  readonly services?: readonly { readonly name: string; readonly isWell: boolean }[];
  /** How many are banned, by the jail; without a name: by hand. */
  readonly bans: Readonly<Record<string, number>>;
  readonly pools: readonly PoolMember[];
  /** When there was last an event of that name. */
  readonly latest: Readonly<Partial<Record<HostEvent["is"], number>>>;
}

const states: readonly ConditionState[] = ["Applied", "Pending", "Failed", "Quarantined", "Drifted"];
const inSeconds = (milliseconds: number): number => Math.round(milliseconds) / 1_000;

/** As a monitoring system is told of it. */
export function metricsOf(all: readonly Figures[]): readonly Metric[] {
  const of = (name: string, help: string, take: (figures: Figures) => readonly (Sample | undefined)[]): Metric => ({
    name: `upkeep_${name}`,
    help,
    samples: all.flatMap((figures) =>
      take(figures).flatMap((sample) =>
        sample ? [{ ...sample, labels: { host: figures.host, ...sample.labels } }] : [],
      ),
    ),
  });
  const single = (value: number | undefined) => [value === undefined ? undefined : { labels: {}, value }];
  const member = (name: string, help: string, value: (member: PoolMember) => number | undefined): Metric =>
    of(`pool_address_${name}`, help, ({ pools }) =>
      pools.map((each) => {
        const number = value(each);
        return number === undefined ? undefined : { labels: { pool: each.pool, address: each.address }, value: number };
      }),
    );
  return [
    of("info", "Which version keeps the host.", ({ version }) => [
      version === undefined ? undefined : { labels: { version }, value: 1 },
    ]),
    of("host_last_seen_timestamp_seconds", "When the host was last heard of.", ({ seenAt }) =>
      single(seenAt === undefined ? undefined : inSeconds(seenAt)),
    ),
    of("generation", "The generation that is live.", ({ generation }) => single(generation)),
    of("resources", "Resources, by how they stand.", ({ conditions }) =>
      states.map((condition) => ({ labels: { condition }, value: conditions[condition] ?? 0 })),
    ),
    of("service_up", "Whether a service of Upkeep's own is well.", ({ services = [] }) =>
      services.map(({ name, isWell }) => ({ labels: { service: name }, value: Number(isWell) })),
    ),
    of("last_event_timestamp_seconds", "When something like that happened last.", ({ latest }) =>
      Object.entries(latest).map(([event, at]) => ({ labels: { event }, value: inSeconds(at) })),
    ),
    of("bans", "Addresses that are kept out, by the jail that did it.", ({ bans }) =>
      Object.entries(bans)
        .map(([jail, value]) => ({ labels: { jail: jail || "by hand" }, value }))
        .sort((one, other) => (one.labels.jail < other.labels.jail ? -1 : 1)),
    ),
    member("up", "Whether the address answers as it should, as most hosts see it.", ({ isUp }) =>
      isUp === undefined ? undefined : Number(isUp),
    ),
    member("published", "Whether visitors are given the address.", ({ isPublished }) => Number(isPublished)),
    member("drained", "Whether a person has taken the address out.", ({ drainedUntil }) =>
      Number(drainedUntil !== undefined),
    ),
    member("since_timestamp_seconds", "Since when the address is up or down.", ({ since }) =>
      since === undefined ? undefined : inSeconds(since),
    ),
    member("certificate_end_timestamp_seconds", "When its certificate ends, if that is soon.", ({ certificateEnds }) =>
      certificateEnds === undefined ? undefined : inSeconds(certificateEnds),
    ),
  ];
}
