import { ensureLayers } from "./base.ts";
import { testedSets } from "./packages.ts";
import { labReleases } from "./releases.ts";

/*
 * Builds all that tests boot hosts of, before the first of them starts. Arguments: codenames of releases; without any, all.
 * Releases are built beside each other, for much of it is waiting for the mirror.
 */

const wanted = process.argv.slice(2);
const say = (text: string) => process.stderr.write(`lab: ${text}\n`);
await Promise.all(
  labReleases
    .filter(({ codename }) => wanted.length === 0 || wanted.includes(codename))
    .map(async (release) => {
      for (const set of [undefined, ...testedSets]) await ensureLayers(release, set, say);
    }),
);
