import { milliseconds, roughly } from "../../model/duration.ts";
import type { At, Doing } from "../runbook.ts";
import { reach, shapeKey } from "./database-steps.ts";
import { catchUp, type Same } from "./databases/catch-up.ts";
import { copyTriggers, shapeOf } from "./databases/whole.ts";
import { copyTree, treesOf } from "./files.ts";
import { type End, state } from "./hosts.ts";
import { directoryHere, type Group, type Moving } from "./moving.ts";
import { recordKey } from "./prepare-steps.ts";

/*
 * The minutes that count. The old host is told until when it stays closed, by its own clock, and opens by itself then; so
 * whatever becomes of us, visitors are served. Whoever switches says until when that may be done.
 */

/** So long before the old host opens by itself nothing is switched any more. Milliseconds. */
const margin = 20_000;

/** Seconds until requests that were under way must be over. */
const patience = 30;

const keys = (group: Group) => ({
  closedUntil: `closed until: ${group.says}`,
  closedAt: `closed at: ${group.says}`,
  errors: `errors before: ${group.says}`,
  crontabs: `crontabs: ${group.says}`,
  switchedAt: `switched at: ${group.says}`,
});

export const switchedAtKey = (group: Group): string => keys(group).switchedAt;
export const errorsKey = (group: Group): string => keys(group).errors;

const closedRecord = ({ move, input }: Moving, { sites }: Group, until: number) => ({
  kind: "Maintenance",
  name: move,
  spec: {
    sites: sites.map(({ name }) => name),
    active: true,
    until: new Date(until).toISOString(),
    message: input.message,
    retryAfter: 10,
  },
});

const openRecord = ({ move }: Moving) => ({ kind: "Maintenance", name: move, spec: null });

/** What is stated of the sites of a group on a host now. */
const recordsOf = async (end: End, { sites }: Group) =>
  (await end.ask({ do: "stated", sites: sites.map(({ name }) => name) })).sites;

/** Closes the sites of a host, and waits until nobody works on a request any longer. Returns until when they are, by its clock: `now`. */
async function close(moving: Moving, group: Group, end: End, now: number): Promise<number> {
  const names = group.sites.map(({ name }) => name);
  const until = now + milliseconds(moving.input.outage)!;
  await state(end, [closedRecord(moving, group, until)]);
  const { open } = await end.ask({ do: "drain", sites: names, seconds: patience });
  if (open > 0) throw new Error(`${open} requests were still being worked on after ${patience} s`);
  return until;
}

export function takeOffline(moving: Moving, group: Group): Doing {
  const { old, input, host } = moving;
  const { closedUntil, closedAt, errors } = keys(group);
  return {
    name: `offline: ${group.says}`,
    plan: () => ({
      does: [
        `${input.from} answers 503 and says "${input.message}"; waits until requests that are under way are over`,
        `should it not go on from there, the old host opens again by itself after ${roughly(milliseconds(input.outage)!)}`,
      ],
      visitors: "they get a page that tells them, for some seconds: until the switch",
    }),
    // It may be open again by now.
    check: async () => false,
    async run(at) {
      const names = group.sites.map(({ name }) => name);
      for (const [name, spec] of Object.entries(await recordsOf(old, group)))
        if (JSON.stringify(spec) !== JSON.stringify(at.recall(recordKey(name))))
          throw new Error(`Site/${name} was changed on ${input.from} since it was made here; begin again`);
      const { counts, now } = await old.ask({ do: "answers", sites: names, within: 900_000 });
      at.remember(errors, counts);
      at.remember(closedAt, host.clock.now());
      at.remember(closedUntil, await close(moving, group, old, now));
    },
    undo: () => state(old, [openRecord(moving)]),
  };
}

/** Files until nothing has changed, and rows until they count up to the same. */
async function copyAll(
  moving: Moving,
  group: Group,
  direction: "hither" | "thither",
  at: At,
): Promise<readonly Same[]> {
  const { host, link } = moving;
  const rows = async () => {
    const found: Same[] = [];
    for (const database of group.databases) {
      const { old, own } = await reach(moving, database, at);
      const [source, target] = direction === "hither" ? [old, own] : [own, old];
      found.push(
        await catchUp(source, target, {
          progress: (says) => at.progress({ done: found.length, unit: "databases", says }),
        }),
      );
      await copyTriggers(source, target);
    }
    return found;
  };
  const files = async () => {
    for (const site of group.sites) {
      const trees = treesOf(site, directoryHere(moving, site));
      for (let pass = 1; (await copyTree(host, link, trees, direction)).changed > 0; pass++)
        if (pass === mostPasses) throw new Error(`somebody still writes to files of ${site.name}`);
    }
  };
  const [, same] = await Promise.all([files(), rows()]);
  return same;
}

const mostPasses = 4;

export function copyLast(moving: Moving, group: Group): Doing {
  const copied = `copied for: ${group.says}`;
  const { closedUntil } = keys(group);
  return {
    name: `last copy: ${group.says}`,
    plan: () => ({
      does: [
        "copies the files and rows that have changed, until none has; rows are counted and summed up on both hosts",
        ...(group.databases.length > 0 ? ["copies triggers and events"] : []),
      ],
      visitors: "they get the page",
    }),
    check: async (at) => at.recall(copied) === at.recall(closedUntil),
    async run(at) {
      for (const database of group.databases) {
        const { old } = await reach(moving, database, at);
        if ((await shapeOf(moving.host, old)) !== at.recall(shapeKey(database)))
          throw new Error(`tables of ${database.name} were made or changed while it was copied`);
      }
      const same = await copyAll(moving, group, "hither", at);
      for (const [index, { rows, tables, copied: again, checksum }] of same.entries()) {
        const { name } = group.databases[index]!;
        at.figure({ name, value: rows, unit: "rows" });
        at.say(`${name}: ${rows} rows in ${tables} tables, checksum ${checksum} on both hosts; ${again} copied now`);
      }
      at.remember(copied, at.recall(closedUntil));
    },
  };
}

export function switchOver(moving: Moving, group: Group): Doing {
  const { old, own, addresses, input, host } = moving;
  const { closedUntil, closedAt, crontabs, switchedAt } = keys(group);
  const [address] = addresses.here;
  const hasMoved = async () => {
    const sites = await recordsOf(old, group);
    return group.sites.every(({ name }) => sites[name]?.movedTo === address);
  };
  const passOn = async () =>
    Object.entries(await recordsOf(old, group)).map(([name, spec]) => ({
      kind: "Site",
      name,
      spec: { ...spec, movedTo: address },
    }));
  return {
    name: `switch: ${group.says}`,
    plan: () => ({
      does: [
        `${input.from} passes everything on to ${address}, by http and https, whatever name servers say; crontabs go along`,
      ],
      visitors: "the page is gone, and they are served from here",
    }),
    check: async (at) => at.recall(switchedAt) !== undefined && (await hasMoved()),
    async run(at) {
      await moveCrontabs(moving, group, crontabs, at);
      const before = at.recall<number>(closedUntil)! - margin;
      // Whoever still talks to a worker from before the reload gets the page, and none of its programs.
      if (!(await hasMoved())) await state(old, await passOn(), before);
      await state(old, [openRecord(moving)]);
      const took = host.clock.now() - at.recall<number>(closedAt)!;
      at.figure({ name: "offline", value: took, unit: "ms" });
      at.remember(switchedAt, host.clock.now());
    },
    async verify() {
      if (!(await hasMoved())) throw new Error(`${input.from} does not pass requests on`);
    },
    async undo(at) {
      if (await hasMoved()) {
        // What visitors have written since is here. Where it cannot be brought back now, they go on here.
        try {
          await bringBack(moving, group, at);
        } catch (error) {
          for (const end of [own, old]) await state(end, [openRecord(moving)]).catch(() => {});
          throw error;
        }
      }
      await giveCrontabsBack(moving, crontabs, at);
      for (const end of [old, own]) await state(end, [openRecord(moving)]);
    },
  };
}

/** The switch the other way round: this host is closed, all of it is copied, and the old one has its site again. */
async function bringBack(moving: Moving, group: Group, at: At): Promise<void> {
  const { own, old, host, input } = moving;
  await state(own, [closedRecord(moving, group, host.clock.now() + milliseconds(input.outage)!)]);
  const { now } = await old.ask({ do: "drain", sites: [], seconds: 0 });
  const until = await close(moving, group, old, now);
  await own.ask({ do: "drain", sites: group.sites.map(({ name }) => name), seconds: patience });
  await copyAll(moving, group, "thither", at);
  const before = until - margin;
  const records = Object.entries(await recordsOf(old, group));
  await state(
    old,
    records.map(([name, { movedTo: _, ...spec }]) => ({ kind: "Site", name, spec })),
    before,
  );
}

type Crontabs = Readonly<Record<string, string>>;

async function moveCrontabs({ old, own }: Moving, { sites }: Group, key: string, at: At): Promise<void> {
  const kept: Record<string, string> = { ...at.recall<Crontabs>(key) };
  for (const { user, crontab } of sites) {
    if (crontab === undefined) continue;
    kept[user] ??= crontab;
    at.remember(key, kept);
    const { former } = await old.ask({ do: "crontab", user, text: null });
    // It may have been edited since.
    if (former !== null) kept[user] = former;
    at.remember(key, kept);
    await own.ask({ do: "crontab", user, text: kept[user]! });
  }
}

async function giveCrontabsBack({ old, own }: Moving, key: string, at: At): Promise<void> {
  for (const [user, text] of Object.entries(at.recall<Crontabs>(key) ?? {})) {
    await own.ask({ do: "crontab", user, text: null });
    await old.ask({ do: "crontab", user, text });
  }
}
