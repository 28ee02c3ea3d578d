import { pageOf } from "../../host/page.ts";
import type { SiteSeen } from "../../model/move.ts";
import type { Awaited } from "../../model/run.ts";
import type { Waiting } from "../runbook.ts";
import { freshen } from "./database-steps.ts";
import { copyTree, treesOf } from "./files.ts";
import { directoryHere, type Group, type Moving } from "./moving.ts";
import { difference } from "./similar.ts";

/** Fetches pages from both hosts, the most visited first; a person decides about those that differ. */
export const compare = (moving: Moving, group: Group): Waiting => ({
  name: `compare ${group.says}`,
  plan: () => ({
    does: [
      `copies what has changed, and fetches up to ${group.sites.reduce((sum, { pages }) => sum + pages.length, 0)} pages from both hosts, the most visited first`,
      `asks you, if a page differs in its status, in headers that matter, or in more than ${Math.round((1 - moving.input.similar) * 100)} % of its text`,
    ],
  }),
  async awaits(at): Promise<Awaited | undefined> {
    for (const site of group.sites)
      await copyTree(moving.host, moving.link, treesOf(site, directoryHere(moving, site)), "hither");
    for (const database of group.databases) await freshen(moving, database, at);
    const found: string[] = [];
    let pages = 0;
    for (const site of group.sites)
      for (const path of site.pages) {
        at.breathe();
        at.progress({ done: pages++, unit: "pages", says: `${site.name}${path}` });
        found.push(...(await differences(moving, site, path)));
      }
    at.figure({ name: "compared", value: pages, unit: "pages" });
    for (const each of found) at.say(each);
    if (found.length === 0) return undefined;
    const more = found.length > 5 ? `; and ${found.length - 5} more` : "";
    return {
      for: "person",
      says: `${found.length} of ${pages} pages differ: ${found.slice(0, 5).join("; ")}${more}. Look at the site on ${moving.addresses.here[0]}, then go on, or take it back`,
    };
  },
});

async function differences({ addresses, input }: Moving, site: SiteSeen, path: string): Promise<string[]> {
  const scheme = site.tls ? "https" : "http";
  const name = site.names.find((each) => !each.startsWith("*"))!;
  const url = new URL(path, `${scheme}://${name}`);
  const port = site.ports[scheme];
  const [old, own] = await Promise.allSettled([
    pageOf(url, { address: addresses.old, port }),
    pageOf(url, { address: addresses.here[0]!, port }),
  ]);
  if (own.status === "rejected") return [`${path}: ${(own.reason as Error).message}`];
  if (old.status === "rejected") return [`${path}: ${(old.reason as Error).message}`];
  const { says, alike } = difference(old.value, own.value);
  if (says.length > 0) return [`${path}: ${says.join(", ")}`];
  return alike < input.similar ? [`${path}: ${Math.round(alike * 100)} % of the text is the same`] : [];
}
