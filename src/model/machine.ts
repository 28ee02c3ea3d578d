import { z } from "zod";
import { foreignText } from "./foreign-text.ts";
import { moment } from "./moment.ts";

const text = foreignText();
const count = z.number().min(0);

/** What a host tells a person who looks at it. Sizes in bytes. */
export const machineSchema = z.object({
  system: text.describe("`Debian 12`, and which kernel."),
  init: z.enum(["systemd", "none"]),
  processors: count,
  /** Averages of one, five and fifteen minutes (getloadavg(3)). */
  load: z.array(count).length(3),
  memory: z.object({ total: count, available: count }),
  disks: z.array(z.object({ path: text, total: count, available: count })).max(20),
  /** Seconds. */
  uptime: count,
  daemons: z.array(z.object({ name: text, version: text.optional(), running: z.boolean() })).max(100),
  /** Newest first. */
  generations: z
    .array(
      z.object({
        number: z.int().min(0),
        at: moment,
        state: z.enum(["open", "committed", "live", "undone"]),
        cause: text,
        summary: text,
      }),
    )
    .max(100),
});

export type Machine = z.output<typeof machineSchema>;
