import type { Host } from "../../host/host.ts";
import type { Link } from "../../host/link.ts";
import type { HostSeen, SiteSeen } from "../../model/move.ts";
import type { MovedDatabase } from "./databases/side.ts";
import { type End, linkEnd, linkFor, ownEnd } from "./hosts.ts";
import type { MigrationInput } from "./input.ts";
import type { Finding } from "./preflight.ts";

/** What was found at first, and is kept with the run. */
export interface Migration {
  /** Names the move on both hosts. */
  readonly move: string;
  /** Of the accounts on database servers that are made for it. */
  readonly password: string;
  readonly sites: readonly SiteSeen[];
  readonly databases: readonly MovedDatabase[];
  readonly packages: readonly string[];
  /** Records of the old host besides its sites, for a whole server. */
  readonly others: HostSeen["others"];
  readonly findings: readonly Finding[];
  /** Where `upkeep` and sites are on this host. */
  readonly here: Pick<HostSeen, "program" | "directory">;
  /** How both hosts reach each other, and visitors this one. */
  readonly addresses: { readonly old: string; readonly here: readonly string[] };
  /** What name servers said at first. */
  readonly names: { readonly addresses: readonly string[]; readonly ttl: number } | undefined;
}

/** A migration with both hosts at hand: what its steps are made of. */
export interface Moving extends Migration {
  readonly input: MigrationInput;
  readonly host: Pick<Host, "files" | "processes" | "clock">;
  readonly link: Link;
  readonly old: End;
  readonly own: End;
}

/** Nothing is connected before something is asked. */
export function movingOf(
  input: MigrationInput,
  migration: Migration,
  host: Pick<Host, "files" | "processes" | "clock">,
): Moving {
  const link = linkFor(host, migration.move, input.from);
  return { ...migration, input, host, link, old: linkEnd(link, input.from), own: ownEnd(migration.here.program) };
}

/** Where a site is on this host; its account has the same name. */
export const directoryHere = ({ here }: Pick<Migration, "here">, { user, name }: SiteSeen): string =>
  `${here.directory}/${user}/${name}`;

/** Sites that have a database or an account in common go together, for one outage. */
export interface Group {
  readonly says: string;
  readonly sites: readonly SiteSeen[];
  readonly databases: readonly MovedDatabase[];
}

export function groupsOf({ sites, databases }: Migration): Group[] {
  const keyOf = ({ dialect, name }: MovedDatabase) => `${dialect}:${name}`;
  const named = new Set(sites.flatMap((site) => site.databases.map(keyOf)));
  // Whose a database is that no site names, nobody knows: then all go together.
  const isUnclear = databases.some((database) => !named.has(keyOf(database)));
  const groups: { sites: SiteSeen[]; marks: Set<string> }[] = [];
  for (const site of sites) {
    const marks = new Set([`user ${site.user}`, ...site.databases.map(keyOf), ...(isUnclear ? ["all"] : [])]);
    const related = groups.filter((group) => [...marks].some((mark) => group.marks.has(mark)));
    for (const group of related) groups.splice(groups.indexOf(group), 1);
    groups.push({
      sites: [...related.flatMap((group) => group.sites), site],
      marks: new Set([...related.flatMap((group) => [...group.marks]), ...marks]),
    });
  }
  return groups.map((group) => ({
    says:
      group.sites.length > 3
        ? `${group.sites.length} sites with ${group.sites[0]!.name}`
        : group.sites.map(({ name }) => name).join(", "),
    sites: group.sites,
    databases: isUnclear ? databases : databases.filter((database) => group.marks.has(keyOf(database))),
  }));
}
