import { z } from "zod";

/** Names of hosts and labels: one label of a host name (RFC 1123). Dots separate parts of subjects on the bus. */
export const hostLabel = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be letters a to z, digits and dashes, at most 63, beginning and ending with a letter or digit",
  );

export const labelsSchema = z.record(
  hostLabel,
  z.string().regex(/^[A-Za-z0-9._-]{1,63}$/, "must be letters, digits, dots, dashes and underscores"),
);

/** `{role: web}` */
export type Labels = Readonly<Record<string, string>>;

const strategySchema = z.strictObject({
  batch: z
    .union([
      z.int().min(1),
      z.string().regex(/^([1-9]|[1-9][0-9]|100)%$/, "must be a number of hosts, or a share of them like 25%"),
    ])
    .default(1)
    .describe("How many hosts at a time: a number, or a share like `25%`."),
  pause: z
    .string()
    .regex(/^(\d+[smhd])+$/, "must be a time like 30s, 5m or 1h30m")
    .default("0s")
    .describe("How long to wait after each batch that went well."),
  stopOn: z
    .enum(["failure", "never"])
    .default("failure")
    .describe("What keeps the hosts that have not had their turn as they are."),
});

export type Strategy = z.output<typeof strategySchema>;

export const defaultStrategy: Strategy = strategySchema.parse({});

/** The fields of a resource, besides `kind`, `name` and `spec`, that say where it goes. */
export const placementSchema = z
  .strictObject({
    host: hostLabel
      .optional()
      .describe("The host on which it should be. Default: this machine, if it is the only one."),
    hosts: z
      .strictObject({
        labels: labelsSchema.describe("Every host that has all of these labels."),
        count: z
          .int()
          .min(1)
          .optional()
          .describe("At most so many of them, always the same ones while they are there."),
      })
      .optional()
      .describe("The hosts on which it should be."),
    strategy: strategySchema.optional().describe("How a change goes from host to host."),
  })
  .refine(({ host, hosts }) => !(host && hosts), { path: ["hosts"], message: "state `host` or `hosts`, not both" })
  .refine(({ strategy, hosts }) => !strategy || hosts, {
    path: ["strategy"],
    message: "makes sense with `hosts` only",
  });

export type Placement = z.output<typeof placementSchema>;

/** A server of the estate, as far as placing resources goes. */
export interface Placeable {
  readonly name: string;
  readonly labels: Labels;
  /** It gets nothing new, and what can be elsewhere goes there. */
  readonly draining: boolean;
}

/**
 * The hosts on which a resource should be, in their order. With `count`, those are chosen by what name and host come to
 * together (rendezvous hashing): when a host comes or goes, only what was or will be on it moves.
 */
export function placesOf(
  ref: string,
  { host, hosts }: Placement,
  all: readonly Placeable[],
  weigh: (text: string) => string,
): string[] {
  if (host !== undefined) return all.some(({ name }) => name === host) ? [host] : [];
  if (!hosts) return [];
  const fitting = all.filter(({ labels }) =>
    Object.entries(hosts.labels).every(([key, value]) => labels[key] === value),
  );
  const candidates = hosts.count === undefined ? fitting : fitting.filter(({ draining }) => !draining);
  const names = candidates.map(({ name }) => name);
  if (hosts.count === undefined || names.length <= hosts.count) return names.sort();
  return names
    .map((name) => ({ name, weight: weigh(`${ref} ${name}`) }))
    .sort((one, other) => (one.weight < other.weight ? -1 : 1))
    .slice(0, hosts.count)
    .map(({ name }) => name)
    .sort();
}

/** Resources of one group are carried out by the same hosts, which therefore take turns. */
export const groupOf = ({ hosts }: Placement): string | undefined =>
  hosts &&
  Object.entries(hosts.labels)
    .sort()
    .map((pair) => pair.join("="))
    .join(",");

/** How many hosts of `total` one batch has. */
export const batchOf = ({ batch }: Strategy, total: number): number =>
  typeof batch === "number" ? batch : Math.max(1, Math.floor((total * Number.parseInt(batch, 10)) / 100));
