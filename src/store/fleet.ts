import type { Desired } from "../model/desired.ts";
import type { Figures } from "../model/figures.ts";
import type { Labels, Placement } from "../model/placement.ts";
import { UserError } from "../model/problem.ts";
import type { HostReport } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import { goOn } from "./again.ts";
import { appendAudit, type Signature } from "./audit.ts";
import { type BuiltPages, openBuiltPages, type Pages } from "./built-pages.ts";
import { type Behind, catchUp, type SeenHosts } from "./catch-up.ts";
import type { Dialect } from "./dialect.ts";
import { fleetFigures } from "./fleet-figures.ts";
import { type FleetHost, type HostKey, ofHosts, toHost, writeSeen } from "./fleet-host.ts";
import { type Happenings, keepHappenings, ofWatches, openHappenings } from "./happenings.ts";
import { cross, desiredOf, sequencesOf, untold } from "./outbox.ts";
import { type Overview, overview, type Shown, type ShownQuery, shown } from "./overview.ts";
import { place, placing, release, type ToPlace, toRecord } from "./placing.ts";
import { hear } from "./reports.ts";
import { openSamples, type Samples } from "./samples.ts";
import type { Secrets } from "./secrets.ts";
import { openSizes, type Sizes } from "./sizes.ts";
import { hostsOf, type Standing, standings } from "./standings.ts";
import { chunks, type Db } from "./tables.ts";
import { useToken } from "./tokens.ts";
import { type News, openNews, tell } from "./told.ts";
import { type Around, takeTurns } from "./turns.ts";

/** Something to be told to a host. */
export interface Delivery {
  readonly host: string;
  readonly entry: Desired;
}

/** The estate's hosts: who they are, what they should have, and what they say of it. */
export class Fleet {
  readonly #db: Db;
  readonly #dialect: Dialect;
  readonly #secrets: Secrets;
  /** What has happened on hosts, and what their watches have found. */
  readonly happenings: Happenings;
  /** What they have told, in the order in which it was heard. */
  readonly news: News;
  readonly built: BuiltPages;
  readonly sizes: Sizes;
  /** How busy hosts have been. */
  readonly samples: Samples;

  constructor(db: Db, dialect: Dialect, secrets: Secrets) {
    this.#db = db;
    this.#dialect = dialect;
    this.#secrets = secrets;
    this.happenings = openHappenings(db);
    this.news = openNews(db);
    this.built = openBuiltPages(db);
    this.sizes = openSizes(db);
    this.samples = openSamples(db);
  }

  /** As the host is to have it: its secrets open. */
  readonly #toEntry = (text: string): Desired => {
    const entry = JSON.parse(text) as Desired;
    const { ref, resource } = entry;
    return resource ? { ...entry, resource: { ...resource, spec: this.#secrets.open(ref, resource.spec) } } : entry;
  };

  async hosts(): Promise<FleetHost[]> {
    return (await this.#db.selectFrom("hosts").selectAll().orderBy("name").execute()).map(toHost);
  }

  /** Who may come onto the bus as which host. */
  async keys(): Promise<HostKey[]> {
    const rows = await this.#db.selectFrom("hosts").select(["name", "public_key"]).orderBy("name").execute();
    return rows.map(({ name, public_key: publicKey }) => ({ name, publicKey: publicKey ?? undefined }));
  }

  async host(name: string): Promise<FleetHost | undefined> {
    const row = await this.#db.selectFrom("hosts").selectAll().where("name", "=", name).executeTakeFirst();
    return row && toHost(row);
  }

  /** Adds a host; what its labels ask for goes there. */
  async add(name: string, labels: Labels, signature: Signature): Promise<void> {
    await this.#change(name, signature, async (db, former) => {
      if (former) throw new UserError(`there is a host ${name} already`);
      const row = { name, labels: JSON.stringify(labels), draining: 0, added_at: signature.at };
      await db
        .insertInto("hosts")
        .values({ ...row, public_key: null, box_key: null, state: null, seen_at: null })
        .execute();
      return { labels };
    });
  }

  /** Sets labels, and takes those away that are `null`; what goes by labels moves. */
  async label(name: string, labels: Readonly<Record<string, string | null>>, signature: Signature): Promise<void> {
    await this.#change(name, signature, async (db, former) => {
      const merged = { ...known(former, name).labels, ...labels };
      const kept = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
      await db
        .updateTable("hosts")
        .set({ labels: JSON.stringify(kept) })
        .where("name", "=", name)
        .execute();
      return { labels: kept };
    });
  }

  /** A draining host gets nothing that can be elsewhere. */
  async drain(name: string, draining: boolean, signature: Signature): Promise<void> {
    await this.#change(name, signature, async (db, former) => {
      known(former, name);
      await db
        .updateTable("hosts")
        .set({ draining: draining ? 1 : 0 })
        .where("name", "=", name)
        .execute();
      return { draining };
    });
  }

  /** Forgets a host. What it has stays on it, and is nobody's business any longer. */
  async remove(name: string, signature: Signature): Promise<void> {
    await this.#change(name, signature, async (db, former) => {
      known(former, name);
      const bound = JSON.stringify({ host: name } satisfies Placement);
      const rows = await db.selectFrom("resources").select("ref").where("placement", "=", bound).execute();
      const here = rows.map(({ ref }) => ref);
      if (here.length > 0)
        throw new UserError(
          `${here.slice(0, 5).join(", ")}${here.length > 5 ? ` and ${here.length - 5} more` : ""} ${here.length === 1 ? "is" : "are"} stated for ${name}; delete them or state another host first`,
        );
      for (const table of ofHosts) await db.deleteFrom(table).where("host", "=", name).execute();
      await db.deleteFrom("hosts").where("name", "=", name).execute();
      return undefined;
    });
  }

  /** A change of a host, with its audit entry; afterwards, whatever goes by labels is where it should be. */
  async #change(
    name: string,
    signature: Signature,
    work: (db: Db, former: FleetHost | undefined) => Promise<unknown>,
  ): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await this.#dialect.alone(db);
      const former = await new Fleet(db, this.#dialect, this.#secrets).host(name);
      const after = await work(db, former);
      const ref: ResourceRef = `Host/${name}`;
      const before = former && { labels: former.labels, draining: former.draining };
      const sequence = (await appendAudit(db, [{ ref, before, after, signature }])).get(ref)!;
      // What names no host is the only one's, as long as it is that.
      const isOnly = (await db.selectFrom("hosts").select("name").limit(2).execute()).length === 1;
      let query = db.selectFrom("resources").selectAll();
      // As they are written: what goes by labels, and what is for this host.
      if (!isOnly)
        query = query.where((where) =>
          where.or([
            where("placement", "like", '{"hosts"%'),
            where("placement", "=", JSON.stringify({ host: name } satisfies Placement)),
          ]),
        );
      const rows = await query.execute();
      await place(
        db,
        rows.map((row) => ({ ...toRecord(row), sequence, signature })),
      );
    });
  }

  /** Makes a token with which a machine can become this host, once, until it expires. */
  async addToken(digest: string, host: string, expiresAt: number): Promise<void> {
    if (!(await this.host(host))) throw new UserError(`there is no host ${host}`);
    await this.#db.insertInto("tokens").values({ digest, host, expires_at: expiresAt, used_by: null }).execute();
  }

  /** Uses a token up. Returns the host that it is for; afterwards only the machine with this key is that host. */
  async join(
    digest: string,
    { publicKey, boxKey }: Pick<FleetHost, "publicKey" | "boxKey">,
    now: number,
  ): Promise<string | undefined> {
    return this.#db.transaction().execute(async (db) => {
      await this.#dialect.alone(db);
      const used = await useToken(db, digest, publicKey, now);
      if (!used || used.isAgain) return used?.host;
      const { host } = used;
      await db
        .updateTable("hosts")
        .set({ public_key: publicKey ?? null, box_key: boxKey ?? null })
        .where("name", "=", host)
        .execute();
      // What another machine of that name has said is not true of this one, and it cannot read what was for that one.
      await db.deleteFrom("conditions").where("host", "=", host).execute();
      for (const table of ofWatches) await db.deleteFrom(table).where("host", "=", host).execute();
      const ref: ResourceRef = `Host/${host}`;
      const signature = { at: now, actor: host, cause: "joined" };
      const joined = { ref, before: undefined, after: { publicKey }, signature };
      const sequence = (await appendAudit(db, [joined])).get(ref)!;
      const placed = await db.selectFrom("placements").selectAll().where("host", "=", host).execute();
      await release(
        db,
        placed.map((each) => ({
          ...each,
          sequence,
          desired: JSON.stringify({ ...JSON.parse(each.desired), sequence }),
        })),
      );
      return host;
    });
  }

  /** What each host would get of these changes; nothing is written. */
  async preview(changes: readonly ToPlace[], pages: Pages): Promise<Delivery[]> {
    const { atOnce, later } = await placing(this.#db, changes, pages);
    return [...atOnce, ...later].map(({ host, desired }) => ({ host, entry: this.#toEntry(desired) }));
  }

  /** Which of these wait for their host's turn, and why where that has been stopped. */
  async waiting(refs: readonly ResourceRef[]): Promise<{ ref: ResourceRef; host: string; held: string | undefined }[]> {
    const all = [];
    for (const part of chunks(refs))
      all.push(
        ...(await this.#db.selectFrom("waiting").select(["ref", "host", "held"]).where("ref", "in", part).execute()),
      );
    return all.map(({ ref, host, held }) => ({ ref: ref as ResourceRef, host, held: held ?? undefined }));
  }

  /** The hosts that have any of these, or are to have them. */
  hostsOf(refs: readonly ResourceRef[]): Promise<string[]> {
    return hostsOf(this.#db, refs);
  }

  /** Gives what is stated again, as it was, another chance. Returns what had failed. */
  goOn(refs: readonly ResourceRef[], signature: Signature): Promise<ResourceRef[]> {
    return goOn(this.#db, this.#dialect, refs, signature);
  }

  /** Moves turns on, see {@link takeTurns}. */
  async turns(around: Around): Promise<void> {
    // Most of the time nobody waits, and nobody need be kept from writing to find that out.
    const someone = await this.#db
      .selectFrom("waiting")
      .select("host")
      .where("held", "is", null)
      .unionAll(this.#db.selectFrom("turns").select("host"))
      .limit(1)
      .executeTakeFirst();
    if (someone) await takeTurns(this.#db, this.#dialect, around);
  }

  /** What has not been told yet, the oldest first. */
  async outbox(limit: number): Promise<Delivery[]> {
    return (await untold(this.#db, this.#dialect, limit)).map(({ host, desired }) => ({
      host,
      entry: this.#toEntry(desired),
    }));
  }

  /** These have been told; what has become newer meanwhile stays, and so may what somebody else is at. */
  told(deliveries: readonly Delivery[]): Promise<void> {
    return cross(
      this.#db,
      this.#dialect,
      deliveries.map(({ host, entry: { ref, sequence } }) => ({ host, ref, sequence })),
    );
  }

  /** The sequence of everything that a host should have been told. */
  sequences(host: string): Promise<{ readonly ref: ResourceRef; readonly sequence: number }[]> {
    return sequencesOf(this.#db, host);
  }

  /** What a host should have been told of these. */
  async entries(host: string, refs: readonly ResourceRef[]): Promise<Desired[]> {
    return (await desiredOf(this.#db, host, refs)).map(this.#toEntry);
  }

  /** When hosts were last heard of, and what they said of themselves. Returns how far ahead of us one was. */
  async seen(hosts: SeenHosts): Promise<Behind | undefined> {
    await writeSeen(this.#db, this.#dialect, hosts);
    return catchUp(this.#db, this.#dialect, hosts);
  }

  /** Writes down what hosts say, where it is news. Returns whether it is the turn of one of them. */
  heard(reports: readonly HostReport[], now: number): Promise<boolean> {
    return this.#db.transaction().execute(async (db) => {
      const events = await keepHappenings(db, reports, now);
      const { news, isTurn } = await hear(db, this.#dialect, reports);
      await tell(db, this.#dialect, [...news, ...events]);
      return isTurn;
    });
  }

  /** How resources stand, on all their hosts. */
  standings(refs: readonly ResourceRef[]): Promise<Standing[]> {
    return standings(this.#db, refs);
  }

  /** How everything stands, or some of it, for people. */
  shown(query?: ShownQuery): Promise<Shown[]> {
    return shown(this.#db, query);
  }

  /** What there is to measure. */
  figures(now: number): Promise<Figures[]> {
    return fleetFigures(this.#db, this.#dialect, now);
  }

  /** The estate in numbers, and at most so many of those that need a person. */
  overview(most: number, tenants?: readonly string[]): Promise<Overview> {
    return overview(this.#db, most, tenants);
  }
}

function known(host: FleetHost | undefined, name: string): FleetHost {
  if (!host) throw new UserError(`there is no host ${name}; \`upkeep host list\` shows them`);
  return host;
}
