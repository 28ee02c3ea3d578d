import { X509Certificate } from "node:crypto";
import { readFollowing } from "../../host/certificates.ts";
import { crontabOf } from "../../host/crontab.ts";
import { asSuperuser } from "../../host/databases/as-superuser.ts";
import type { Host } from "../../host/host.ts";
import { freeBytes, treeSize } from "../../host/tree-size.ts";
import { kindNamed, kinds } from "../../kinds/index.ts";
import { layOut, type Site } from "../../kinds/site/layout.ts";
import type { SiteSpec } from "../../kinds/site/schema.ts";
import { defaultPhp, type Facts } from "../../model/facts.ts";
import type { DatabaseSeen, HostSeen, MoveDialect, SiteSeen } from "../../model/move.ts";
import { releaseName } from "../../model/release.ts";
import type { Resource } from "../../model/resource.ts";
import { hasSealed } from "../../model/sealed.ts";
import { version } from "../../model/version.ts";
import type { Stored } from "../../store/records.ts";
import { targetOf } from "../changes.ts";
import type { Upkeep } from "../upkeep.ts";

/** So many pages of a site are of interest. */
const mostPages = 30;

/** What there is here that would move, or would have to do with what comes. */
export async function look(upkeep: Upkeep, wanted: readonly string[] | "all"): Promise<HostSeen> {
  const { host, records } = upkeep;
  const facts = upkeep.look();
  const sites = await records.list("Site");
  const chosen = wanted === "all" ? sites : sites.filter(({ name }) => wanted.includes(name));
  const laidOut = chosen.map((record) => siteOf(record, facts));
  const databases = await databasesHere(host, facts);
  const seen: SiteSeen[] = [];
  for (const [index, site] of laidOut.entries()) {
    const spec = await openedSpec(upkeep, chosen[index]!);
    seen.push(await seeSite(host, facts, site, spec, databases));
  }
  const rest = kinds.map(({ name }) => name).filter((name) => name !== "Site" && name !== "Maintenance");
  const others = [];
  for (const record of (await Promise.all(rest.map((kind) => records.list(kind)))).flat())
    others.push({ kind: record.kind, name: record.name, spec: await openedSpec(upkeep, record) });
  return {
    upkeep: version,
    now: host.clock.now(),
    program: facts.program,
    release: releaseName(facts.os),
    server: facts.webServer,
    free: freeBytes(facts.settings.sites.directory),
    directory: facts.settings.sites.directory,
    packages: Object.fromEntries([...facts.packages].filter(([name]) => ofInterest.test(name))),
    accounts: Object.fromEntries(
      [...facts.accounts]
        .filter(([, { uid }]) => uid >= 1_000 && uid < 65_534)
        .map(([name, { uid, home }]) => [name, { uid, home }]),
    ),
    sites: seen,
    otherSites: sites.filter((site) => !chosen.includes(site)).map(({ name }) => name),
    others,
    databases,
    isMember: upkeep.copy !== undefined,
    hasRsync: facts.packages.has("rsync"),
  };
}

const ofInterest =
  /^(php\d\.\d-.*|php-.*|apache2|nginx|mariadb-server|mysql-server|postgresql-\d+|rsync|openssh-server|wordpress.*)$/;

/** A site as it is laid out here. */
export function siteOf(record: Stored, facts: Facts): Site {
  const resource = targetOf(record).resource as Resource<SiteSpec>;
  const { server } = resource.spec;
  return layOut(resource, server === undefined ? facts.webServer : server === "apache" ? "apache2" : "nginx", facts);
}

/** With its secrets: the other host seals them for itself. */
const openedSpec = async ({ estate, copy }: Upkeep, { ref, spec }: Stored): Promise<unknown> =>
  copy === undefined && hasSealed(spec) ? estate.opened(ref, spec) : spec;

async function seeSite(
  host: Host,
  facts: Facts,
  site: Site,
  stated: unknown,
  here: readonly DatabaseSeen[],
): Promise<SiteSeen> {
  const { spec, user, directory } = site;
  const crontab = await crontabOf(host, user);
  const ends = spec.tls && certificateEnd(spec.tls.certificate);
  return {
    name: site.name,
    spec: stated as Readonly<Record<string, unknown>>,
    names: kindNamed("Site")!
      .claims({ kind: "Site", name: site.name, spec })
      .map((claim) => claim.replace("host name ", "")),
    user,
    directory,
    ...(await treeSize(host, directory, ["log"])),
    ...(spec.php && { php: spec.php.version ?? defaultPhp(facts) }),
    ...(spec.tls && { tls: { ...spec.tls, ...(ends !== undefined && { ends }) } }),
    ports: site.ports,
    ...(crontab !== undefined && { crontab }),
    left: await leftBehind(host, site),
    databases: spec.php ? await databasesOf(host, site, here) : [],
    pages: pagesOf(host, site),
  };
}

function certificateEnd(path: string): number | undefined {
  const text = readFollowing(path);
  try {
    return text === undefined ? undefined : Date.parse(new X509Certificate(text).validTo);
  } catch {
    return undefined;
  }
}

/** What hangs on a site's account and is nobody's record. */
async function leftBehind({ files, processes }: Host, { user, spec, home }: Site): Promise<string[]> {
  const found: string[] = [];
  const read = (path: string) => (files.stat(path)?.type === "file" ? (files.read(path) ?? "") : "");
  for (const file of files.list("/etc/cron.d"))
    if (new RegExp(`^[^#\\n]*\\s${user}\\s`, "m").test(read(`/etc/cron.d/${file}`)))
      found.push(`/etc/cron.d/${file} runs something as ${user}`);
  for (const unit of files.list("/etc/systemd/system"))
    if (new RegExp(`^User=${user}\\s*$`, "m").test(read(`/etc/systemd/system/${unit}`)))
      found.push(`the unit ${unit} runs as ${user}`);
  if (spec.proxy) found.push(`requests are passed to ${spec.proxy}, and what answers there is not Upkeep's`);
  if (files.stat(`${home}/.ssh/authorized_keys`)) found.push(`${home}/.ssh: keys that let somebody in as ${user}`);
  const { stdout } = await processes.run(["ps", "-o", "args=", "-u", user]);
  const others = stdout.split("\n").filter((line) => line.trim() !== "" && !/^php-fpm: pool|fcgiwrap/.test(line));
  if (others.length > 0) found.push(`${user} runs ${others[0]!.slice(0, 80)}`);
  return found;
}

/** Databases that a site's own configuration names: what WordPress calls DB_NAME, and addresses of databases in `.env`. */
async function databasesOf(
  { processes }: Host,
  { user, documentRoot, directory }: Site,
  here: readonly DatabaseSeen[],
): Promise<{ dialect: MoveDialect; name: string }[]> {
  const found = new Map<string, { dialect: MoveDialect; name: string }>();
  const note = (dialect: MoveDialect, name: string) => {
    if (here.some((each) => each.dialect === dialect && each.name === name))
      found.set(`${dialect} ${name}`, { dialect, name });
  };
  const places = [documentRoot, `${documentRoot}/..`].filter((place) => place.startsWith(directory));
  for (const place of places) {
    // As the customer, who may have put a link there.
    const as = ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups", "--"] as const;
    const read = async (name: string) =>
      (await processes.run([...as, "head", "--bytes=100000", "--", `${place}/${name}`])).stdout;
    const [wordpress, environment] = [await read("wp-config.php"), await read(".env")];
    const name = /^\s*define\(\s*['"]DB_NAME['"]\s*,\s*['"]([^'"]+)['"]/m.exec(wordpress)?.[1];
    if (name !== undefined) note("mysql", name);
    for (const [, scheme, path] of environment.matchAll(
      /=["']?(mysql|mariadb|postgres|postgresql):\/\/[^\s"'/]*\/([\w$-]+)/g,
    ))
      note(/^p/.test(scheme!) ? "postgres" : "mysql", path!);
  }
  return [...found.values()];
}

async function databasesHere(host: Host, facts: Facts): Promise<DatabaseSeen[]> {
  const found: DatabaseSeen[] = [];
  const add = async (dialect: MoveDialect, isThere: boolean, sql: string) => {
    if (!isThere) return;
    const rows = await asSuperuser(host, dialect, sql).catch(() => []);
    for (const [name = "", bytes] of rows) found.push({ dialect, name, bytes: Number(bytes) });
  };
  const has = (pattern: RegExp) => [...facts.packages.keys()].some((name) => pattern.test(name));
  await add(
    "mysql",
    has(/^(mariadb|mysql)-server$/),
    `SELECT s.schema_name, COALESCE(SUM(t.data_length + t.index_length), 0) FROM information_schema.schemata s
     LEFT JOIN information_schema.tables t ON t.table_schema = s.schema_name
     WHERE s.schema_name NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys') GROUP BY 1 ORDER BY 1;`,
  );
  await add(
    "postgres",
    has(/^postgresql-\d+$/),
    "SELECT datname, pg_database_size(oid) FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1;",
  );
  return found;
}

/** What was asked for most often and answered with 200, out of the last megabyte of the log. */
function pagesOf({ files }: Host, { logDirectory }: Site): string[] {
  const log = `${logDirectory}/access.log`;
  const size = files.stat(log)?.size ?? 0;
  const counts = new Map<string, number>();
  for (const [, path] of (files.readFrom(log, Math.max(0, size - (1 << 20))) ?? "").matchAll(
    /"GET (\/[^\s"\\]*) HTTP\/[\d.]+" 200 /g,
  ))
    if (!path!.startsWith("/.well-known/")) counts.set(path!, (counts.get(path!) ?? 0) + 1);
  const most = [...counts].sort(([, one], [, other]) => other - one).map(([path]) => path);
  return [...new Set(["/", ...most])].slice(0, mostPages);
}
