import { z } from "zod";
import { foreignText } from "./foreign-text.ts";
import { moment } from "./moment.ts";

/** How one address of a pool stands, for people. */
export const poolMemberSchema = z.object({
  pool: foreignText(253),
  address: foreignText(45),
  /** As most hosts see it; nothing: nobody has looked yet. */
  isUp: z.boolean().exactOptional(),
  /** Milliseconds since 1970. */
  since: moment.exactOptional(),
  says: foreignText(300).exactOptional(),
  /** How long it took to answer, milliseconds. */
  took: z.number().exactOptional(),
  /** When its certificate ends, if that is soon; milliseconds since 1970. */
  certificateEnds: moment.exactOptional(),
  /** Hosts that see it up, and all that see it. */
  votes: z.tuple([z.int(), z.int()]),
  isPublished: z.boolean(),
  /** Milliseconds since 1970. */
  drainedUntil: moment.exactOptional(),
});

export type PoolMember = Readonly<z.output<typeof poolMemberSchema>>;
