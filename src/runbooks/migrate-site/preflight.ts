import type { HostSeen, SiteSeen } from "../../model/move.ts";
import { sizeOf, withThousands } from "../../model/number.ts";
import { releaseNamed } from "../../model/release.ts";
import type { MigrationInput } from "./input.ts";

/**
 * - `stops`: it cannot begin.
 * - `does`: it will be seen to.
 * - `note`: worth knowing.
 */
export interface Finding {
  readonly weight: "stops" | "does" | "note";
  readonly says: string;
}

export interface Preflight {
  readonly findings: readonly Finding[];
  /** What has to be installed here. */
  readonly packages: readonly string[];
  readonly databases: readonly { readonly dialect: "mysql" | "postgres"; readonly name: string }[];
}

/** Clocks may differ by so much. Milliseconds. */
const drift = 5_000;

/** Holds what there is against what is wanted. Nothing has been changed by then. */
export function preflight(
  old: HostSeen,
  here: HostSeen,
  input: MigrationInput,
  asked: { readonly at: number; readonly isOccupied: (directory: string) => boolean },
): Preflight {
  const findings: Finding[] = [];
  const say = (weight: Finding["weight"], says: string) => findings.push({ weight, says });
  if (input.sites !== "all")
    for (const name of input.sites)
      if (!old.sites.some((site) => site.name === name))
        say(
          "stops",
          `there is no site ${name} on ${input.from}; there are: ${old.otherSites.slice(0, 10).join(", ") || "none"}`,
        );
  for (const [host, { isMember }] of [
    [input.from, old],
    ["this host", here],
  ] as const)
    if (isMember) say("stops", `the records of ${host} are with a control plane, which a move does not speak with`);
  if (old.sites.length === 0) say("stops", `there is no site on ${input.from}`);
  if (Math.abs(old.now - asked.at) > drift)
    say(
      "stops",
      `the clocks of both hosts are ${Math.round(Math.abs(old.now - asked.at) / 1_000)} s apart; have them agree first`,
    );
  if (old.upkeep !== here.upkeep) say("note", `Upkeep is ${old.upkeep} there and ${here.upkeep} here`);
  if (old.release !== here.release) say("note", `${old.release} there, ${here.release} here`);
  if (!old.hasRsync) say("stops", "rsync is not installed on the old host: apt install rsync");
  const packages = new Set<string>(here.hasRsync ? [] : ["rsync"]);
  for (const site of old.sites) ofSite(site, old, here, say, packages, asked.isOccupied);
  const bytes = old.sites.reduce((sum, site) => sum + site.bytes, 0);
  const named = input.databases ?? old.sites.flatMap((site) => site.databases);
  const databases = [...new Map(named.map((each) => [`${each.dialect}:${each.name}`, each])).values()];
  const sizes = databases.map(({ dialect, name }) => {
    const found = old.databases.find((each) => each.dialect === dialect && each.name === name);
    if (!found) say("stops", `there is no database ${name} (${dialect}) on ${input.from}`);
    if (here.databases.some((each) => each.dialect === dialect && each.name === name))
      say("stops", `there is a database ${name} here already; what is in it would be lost`);
    return found?.bytes ?? 0;
  });
  for (const dialect of new Set(databases.map((each) => each.dialect))) server(dialect, old, here, say, packages);
  const need = bytes + 2 * sizes.reduce((sum, each) => sum + each, 0);
  if (need * 1.1 > here.free)
    say("stops", `it takes about ${sizeOf(need)}, and ${sizeOf(here.free)} are free below ${here.directory}`);
  else say("note", `about ${sizeOf(need)} to copy; ${sizeOf(here.free)} are free here`);
  const left = old.databases.filter(
    (each) => !databases.some(({ dialect, name }) => dialect === each.dialect && name === each.name),
  );
  if (left.length > 0)
    say(
      "note",
      `databases that stay: ${left.map(({ dialect, name }) => `${dialect}:${name}`).join(", ")} (--databases)`,
    );
  if (packages.size > 0) say("does", `installs ${[...packages].sort().join(", ")}`);
  return { findings, packages: [...packages].sort(), databases };
}

type Say = (weight: Finding["weight"], says: string) => void;

function ofSite(
  site: SiteSeen,
  old: HostSeen,
  here: HostSeen,
  say: Say,
  packages: Set<string>,
  isOccupied: (directory: string) => boolean,
): void {
  const { name, user } = site;
  if (here.sites.some((each) => each.name === name) || here.otherSites.includes(name))
    say("stops", `there is a site ${name} here already`);
  if ("movedTo" in site.spec) say("stops", `${name} has moved already: movedTo is ${String(site.spec.movedTo)}`);
  const account = here.accounts[user];
  const directory = `${here.directory}/${user}/${name}`;
  if (account && account.home !== `${here.directory}/${user}`)
    say("stops", `${name}: the account ${user} is somebody else's here (${account.home})`);
  if (isOccupied(directory))
    say("stops", `${name}: there is something in ${directory} here already; move it away first`);
  const uids = `uid ${old.accounts[user]?.uid ?? "?"} there${account ? `, ${account.uid} here` : ""}; files go by name`;
  say("does", `${name}: ${withThousands(site.files)} files, ${sizeOf(site.bytes)}, as ${user} (${uids})`);
  const { custom = [], server: wanted } = site.spec as { custom?: unknown[]; server?: string };
  if (custom.length > 0 && wanted === undefined && old.server !== here.server)
    say(
      "stops",
      `${name}: its custom lines are for ${old.server}, and sites are ${here.server}'s here; say spec.server there first`,
    );
  if (site.php !== undefined) php(site.php, site, old, here, say, packages);
  if (site.tls) {
    const until =
      site.tls.ends === undefined ? "" : `, good until ${new Date(site.tls.ends).toISOString().slice(0, 10)}`;
    say("does", `${name}: certificate ${site.tls.certificate} and its key${until}`);
    if (site.tls.certificate.includes("letsencrypt"))
      say("note", `${name}: whatever renews the certificate has to be set up here, within its life`);
  }
  if (site.crontab !== undefined) say("does", `${name}: the crontab of ${user}, at the switch`);
  for (const each of site.left) say("note", `${name}: stays behind: ${each}`);
}

/** Extensions are packages; those of the version there are wanted of the version here. */
function php(
  version: string,
  { name, spec }: SiteSeen,
  old: HostSeen,
  here: HostSeen,
  say: Say,
  packages: Set<string>,
): void {
  const stated = (spec.php as { version?: string } | true | undefined) ?? true;
  const wanted = typeof stated === "object" && stated.version !== undefined ? stated.version : phpOf(here);
  if (wanted !== undefined && wanted !== version) say("note", `${name}: PHP ${version} there, ${wanted} here`);
  const target = wanted ?? version;
  const extensions = Object.keys(old.packages).flatMap(
    (each) => new RegExp(`^php${version}-(.+)$`).exec(each)?.[1] ?? [],
  );
  for (const extension of extensions) {
    // What is part of PHP by now has no package.
    const wantedHere = `php${target}-${extension}`;
    if (!(wantedHere in here.packages) && !(target !== version && extension === "json")) packages.add(wantedHere);
  }
}

const phpOf = ({ packages, release }: HostSeen): string | undefined =>
  Object.keys(packages)
    .flatMap((each) => /^php(\d\.\d)-fpm$/.exec(each)?.[1] ?? [])
    .at(-1) ?? releaseNamed(release)?.php;

function server(dialect: "mysql" | "postgres", old: HostSeen, here: HostSeen, say: Say, packages: Set<string>): void {
  const pattern = dialect === "mysql" ? /^(mariadb|mysql)-server$/ : /^postgresql-\d+$/;
  const found = ({ packages: all }: HostSeen) =>
    Object.entries(all)
      .filter(([name]) => pattern.test(name))
      .at(-1);
  const [one, other] = [found(old), found(here)];
  if (!other) packages.add(dialect === "mysql" ? "mariadb-server" : "postgresql");
  else if (one && one[1] !== other[1]) say("note", `${one[0]} ${one[1]} there, ${other[0]} ${other[1]} here`);
  if (dialect === "mysql") return;
  const [there, own] = [postgresOf(old), postgresOf(here)];
  if (there !== undefined && own !== undefined && there > own)
    say(
      "stops",
      `PostgreSQL ${there} there, ${own} here: an older one cannot read a newer one; install postgresql-${there} here, or move to a host that has it`,
    );
}

/** The newest PostgreSQL that a host has, or would have. */
function postgresOf({ packages, release }: HostSeen): number | undefined {
  const installed = Object.keys(packages).flatMap((name) => /^postgresql-(\d+)$/.exec(name)?.[1] ?? []);
  return installed.length > 0 ? Math.max(...installed.map(Number)) : releaseNamed(release)?.postgres;
}
