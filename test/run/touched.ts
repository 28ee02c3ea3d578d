import type { ImportGraph } from "../../build/import-graph.ts";
import type { Suite } from "./suites.ts";

const health = ["health"];

/**
 * Parts of the program that some suites are for, by the beginning of their paths, and the beginnings of the names of those
 * suites. Hosts run the joined program, so no import of a suite tells it. Every other part of the program is everybody's.
 */
export const partsOfProgram: Readonly<Record<string, readonly string[]>> = {
  "src/kinds/jail/": ["jail", "bans", "refuse", "kind-jail"],
  "src/watches/jail/": ["jail", "bans", "refuse", "kind-jail", ...health],
  "src/kinds/key-watch/": ["keys", "kind-key"],
  "src/kinds/revoked-key/": ["keys", "kind-revoked"],
  "src/watches/keys/": ["keys", "kind-key", "kind-revoked", ...health],
  "src/kinds/dns-pool/": ["pool", "zone", "vantage", "kind-dns"],
  "src/watches/pool/": ["pool", "zone", "vantage", "kind-dns", ...health],
  "src/kinds/mail-limit/": ["mail", "kind-mail"],
  "src/watches/mail/": ["mail", "kind-mail", ...health],
  "src/kinds/notification/": ["notifications", "kind-notification"],
  "src/kinds/maintenance/": ["maintenance", "kind-maintenance"],
  "src/daemons/caddy/": ["maintenance-caddy"],
  "src/daemons/haproxy/": ["maintenance-haproxy", "reload"],
  "src/daemons/lighttpd/": ["maintenance-lighttpd", "reload"],
  "src/daemons/varnish/": ["maintenance-varnish"],
  "src/runbooks/migrate-site/": ["migrate"],
  "src/agent/moving/": ["migrate"],
  "src/runbooks/dump-rows/": ["dump-rows"],
  "src/runbooks/convert-to-innodb/": ["convert-to-innodb"],
  "src/pages/": ["pages"],
  "web/": ["web"],
};

/** Files that no host ever sees. */
const unseen =
  /\.test\.ts$|\.md$|^(?:docs|bench|\.ci)\/|^test\/(?:run|api|pages)\/|\.svg$|^test\/(?:flakes|durations)\.json$/;

const partOf = (file: string): string | undefined =>
  Object.keys(partsOfProgram).find((prefix) => file.startsWith(prefix));

/**
 * The suites that a change touches: those that need one of its files, and those that are for a part of the program in it, or
 * for a part that uses what has changed in another one.
 */
export function suitesTouched(
  changed: readonly string[],
  suites: readonly Suite[],
  graph: Pick<ImportGraph, "affectedBy" | "importersOf">,
): readonly Suite[] {
  const byImport = new Set(
    graph.affectedBy(
      changed,
      suites.map(({ file }) => file),
    ),
  );
  const seen = changed.filter((file) => !unseen.test(file) && !file.startsWith("test/") && !file.startsWith("lab/"));
  if (seen.some((file) => partOf(file) === undefined)) return suites;
  const reached = new Set(seen);
  // What belongs to no part, the list of kinds, leads everywhere and says nothing.
  for (const file of reached)
    for (const user of graph.importersOf(file)) if (!unseen.test(user) && partOf(user) !== undefined) reached.add(user);
  const beginnings = [...new Set([...reached].flatMap((file) => partsOfProgram[partOf(file)!] ?? []))];
  return suites.filter(({ name, file }) => byImport.has(file) || beginnings.some((each) => name.startsWith(each)));
}
