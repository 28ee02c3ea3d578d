import { createHash } from "node:crypto";
import { kindNamed } from "../kinds/index.ts";
import type { Generation } from "../model/generation.ts";
import { parseRef, type ResourceRef } from "../model/resource.ts";
import { openSecrets } from "../store/secrets.ts";
import { boxFile } from "./state.ts";
import type { Upkeep } from "./upkeep.ts";

/**
 * A spec as it may be shown: that there is a secret, and not what it is. Where the records are, what is shown can be stated
 * again; a host of an estate has no key with which its control plane would open anything.
 */
export async function sealedSpec(
  { copy, estate, host }: Pick<Upkeep, "copy" | "estate" | "host">,
  ref: ResourceRef,
  spec: unknown,
): Promise<unknown> {
  const { kind, name } = parseRef(ref);
  const fields = kindNamed(kind)?.secrets ?? [];
  if (fields.length === 0 || typeof spec !== "object" || spec === null) return spec;
  if (!copy) return (await estate.sealed({ kind, name, spec }, fields)).spec;
  // The same looks the same each time, and only who has the host's own key could tell what it is.
  const key = createHash("sha256")
    .update(`shown ${host.files.read(boxFile)}`)
    .digest();
  return openSecrets(key).seal(ref, spec, fields);
}

/** The same of a generation. */
export const sealedGeneration = async (
  upkeep: Pick<Upkeep, "copy" | "estate" | "host">,
  generation: Generation,
): Promise<Generation> => ({
  ...generation,
  resources: await Promise.all(
    generation.resources.map(async (each) => ({
      ...each,
      before: await sealedSpec(upkeep, each.ref, each.before),
      after: await sealedSpec(upkeep, each.ref, each.after),
    })),
  ),
});
