import { z } from "zod";
import type { Item } from "../../model/item.ts";
import type { Change } from "../../model/plan.ts";

/** One thing that a host would make, change or take away. */
export const plannedSchema = z
  .object({
    verb: z.enum(["create", "update", "delete"]),
    type: z.string().describe("`file`, `directory`, `account`, `service` ..."),
    name: z.string(),
    because: z.array(z.string()).describe("The records that ask for it."),
    before: z.string().optional().describe("Of a file: what is there now."),
    after: z.string().optional().describe("Of a file: what would be."),
    detail: z.string().optional(),
    drift: z.string().optional().describe("How it was changed by hand."),
  })
  .meta({ id: "PlannedChange" });

export const planned = ({ verb, item, because, before, detail, drift }: Change): z.output<typeof plannedSchema> => ({
  verb,
  type: item.type,
  name: "path" in item ? item.path : item.name,
  because: [...because],
  ...contentsOf(item, verb === "delete", before?.content),
  ...(detail !== undefined && { detail }),
  ...(drift && { drift: drift.says }),
});

/** Of a file, unless nobody may see it. */
function contentsOf(item: Item, isGoing: boolean, before: string | undefined): { before?: string; after?: string } {
  if (item.type !== "file" && item.type !== "insertion") return {};
  if (item.type === "file" && item.secret) return {};
  return { ...(before !== undefined && { before }), ...(!isGoing && { after: item.content }) };
}
