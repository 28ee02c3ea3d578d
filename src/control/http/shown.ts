import { z } from "zod";
import type { ConditionState } from "../../model/condition.ts";
import { placementSchema } from "../../model/placement.ts";
import { tenantName } from "../../model/resource.ts";
import type { Listed } from "../../store/resource-list.ts";
import type { Standing } from "../../store/standings.ts";

export const states = ["Pending", "Applied", "Failed", "Quarantined", "Drifted"] as const;

export const conditionSchema = z.object({
  host: z.string(),
  state: z.enum(states),
  message: z.string(),
  at: z.int().optional().describe("Milliseconds since 1970."),
  revision: z.int().describe("Of which it is said."),
});

export const listedSchema = z
  .object({
    kind: z.string(),
    name: z.string(),
    tenant: tenantName.optional(),
    revision: z.int(),
    changedAt: z.int().describe("Milliseconds since 1970."),
    state: z.enum(states).optional().describe("The worst of all hosts; none: it is on no host."),
    hosts: z.array(z.string()),
    placement: placementSchema.optional(),
    spec: z.record(z.string(), z.unknown()).optional().describe("Where it was asked for."),
  })
  .meta({ id: "ListedResource" });

/** The worse, the later. */
const severity: readonly ConditionState[] = ["Applied", "Pending", "Drifted", "Failed", "Quarantined"];

const stateOf = ({ sequence, condition: known }: Standing): ConditionState =>
  known === undefined || known.sequence < sequence ? "Pending" : known.state;

export function shown(
  { ref: _, placement: __, ...each }: Listed,
  standings: readonly Standing[],
): z.output<typeof listedSchema> {
  const all = standings.filter(({ gone }) => !gone);
  const worst = all.map(stateOf).toSorted((one, other) => severity.indexOf(other) - severity.indexOf(one))[0];
  return { ...each, ...(worst && { state: worst }), hosts: all.map(({ host }) => host) };
}

export function toCondition(standing: Standing): z.output<typeof conditionSchema> {
  const { host, revision, gone, condition: known } = standing;
  const state = stateOf(standing);
  if (state === "Pending") return { host, state, message: gone ? "is to go" : "accepted, not yet live", revision };
  return { host, state, message: known!.message, at: known!.at, revision: known!.revision };
}
