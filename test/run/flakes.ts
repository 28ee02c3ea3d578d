import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/*
 * Suites that are known to fail now and then, for a reason that somebody looks into. One that fails in a run and passes
 * when it is run again alone leaves the run green only if it stands here; both outcomes are printed either way.
 */

const flakeSchema = z.strictObject({
  /** From the repository's root. */
  file: z.string().regex(/^test\/lab\/[a-z-]+\.test\.ts$/),
  /** What fails, and what is known of why. */
  reason: z.string().min(20),
  /** Who looks into it. */
  owner: z.string().min(1),
  /** Since when it stands here. */
  since: z.iso.date(),
});

/** More are no longer known flakes but tests that nobody trusts. */
const most = 5;

const flakesSchema = z.array(flakeSchema).max(most);

export type Flake = z.infer<typeof flakeSchema>;

export const parseFlakes = (text: string): readonly Flake[] => flakesSchema.parse(JSON.parse(text));

/** The list that stands in the repository. */
export const knownFlakes: readonly Flake[] = parseFlakes(
  readFileSync(join(import.meta.dirname, "../flakes.json"), "utf8"),
);
