import { randomBytes } from "node:crypto";
import { installation } from "../../host/installation.ts";
import { addressesOf } from "../../host/name-answers.ts";
import { UserError } from "../../model/problem.ts";
import { type Around, type Doing, runbook, type Step } from "../runbook.ts";
import { endings, watchErrors } from "./afterwards.ts";
import { compare } from "./compare.ts";
import { copyDatabase } from "./database-steps.ts";
import { operatorEnd, ownEnd, state } from "./hosts.ts";
import {
  type MigrationInput,
  type MigrationOptions,
  migrateServerInput,
  migrateSiteInput,
  migrationInput,
} from "./input.ts";
import { groupsOf, type Migration, type Moving, movingOf } from "./moving.ts";
import { nameServerOf, plainNames, readDnsKey, recordsOf } from "./name-server.ts";
import { laterThan, lowerTtl, mirrorsBack, pointNames, raiseTtl } from "./names.ts";
import { copyLast, switchOver, takeOffline } from "./outage.ts";
import { preflight } from "./preflight.ts";
import { copyFiles, install, keyStep, makeKey, makeSite } from "./prepare-steps.ts";

/** What both have in common: what they do. */
const common = {
  touches: (_: unknown, scope: unknown) => touched(scope as Migration),
  wayBack: "automatic",
  aloneAfter: keyStep,
  prepare: (input: MigrationOptions, around: Around) => prepare(migrationInput(input), around),
  steps: (input: MigrationOptions, scope: unknown, around: Around) =>
    stepsOf(migrationInput(input), scope as Migration, around),
} as const;

/** Sites to this host, with seconds in which they are offline, or back. */
export const migrateSite = runbook({
  ...common,
  name: "migrate-site",
  summary: "Move sites from another host to this one, with seconds offline, and a way back.",
  input: migrateSiteInput,
  title: (input) => `${input.site} from ${input.from}`,
});

/** The same with all that a host has. */
export const migrateServer = runbook({
  ...common,
  name: "migrate-server",
  summary: "Move all sites of another host to this one, and what else its records say.",
  input: migrateServerInput,
  title: (input) => `all of ${input.from}`,
});

const touched = ({ sites, databases }: Migration): string[] => [
  ...sites.map(({ name }) => `site ${name}`),
  ...databases.map(({ dialect, name }) => `database ${dialect}:${name}`),
];

/** Looks at both hosts, and refuses what cannot be done. */
async function prepare(input: MigrationInput, { host }: Around): Promise<Migration> {
  if (process.getuid?.() !== 0) throw new UserError("sites are moved to this host by root");
  const server = nameServerOf(input);
  if (server && (input.zone === undefined || input.dnsKey === undefined))
    throw new UserError("--name-server needs --zone and --dns-key");
  const before = host.clock.now();
  const old = await operatorEnd(input.from).ask({
    do: "look",
    sites: input.sites === "all" ? "all" : [...input.sites],
  });
  const at = (before + host.clock.now()) / 2;
  const own = await ownEnd(`${installation}/upkeep`).ask({
    do: "look",
    sites: old.sites.map(({ name }) => name),
  });
  const { findings, packages, databases } = preflight(old, own, input, {
    at,
    isOccupied: (directory) => host.files.list(directory).length > 0,
  });
  const stops = findings.filter(({ weight }) => weight === "stops");
  if (stops.length > 0) throw new UserError(stops.map(({ says }) => ({ message: says })));
  if (server) {
    recordsOf(old.sites, input.zone!);
    readDnsKey(host, input.dnsKey!);
  }
  if (!old.connection) throw new UserError(`${input.from} does not tell from which address this host reaches it`);
  return {
    move: `m${randomBytes(4).toString("hex")}`,
    password: randomBytes(16).toString("hex"),
    sites: old.sites,
    others: input.sites === "all" ? old.others : [],
    databases,
    packages,
    findings,
    here: { program: own.program, directory: own.directory },
    addresses: { old: old.connection.to, here: input.address ?? [old.connection.from] },
    names: server ? await addressesOf(plainNames(old.sites)[0]!, server) : undefined,
  };
}

function stepsOf(input: MigrationInput, migration: Migration, { host }: Around): Step[] {
  const moving = movingOf(input, migration, host);
  const groups = groupsOf(migration);
  return [
    looked(moving),
    makeKey(moving),
    ...lowerTtl(moving),
    install(moving),
    ...moving.sites.flatMap((site) => [makeSite(moving, site), copyFiles(moving, site)]),
    ...moving.databases.map((database) => copyDatabase(moving, database)),
    ...(moving.others.length > 0 ? [otherRecords(moving)] : []),
    ...groups.map((group) => compare(moving, group)),
    ...whenItIsTime(moving),
    ...groups.flatMap((group) => [takeOffline(moving, group), copyLast(moving, group), switchOver(moving, group)]),
    watchErrors(moving),
    pointNames(moving),
    ...mirrorsBack(moving),
    ...endings(moving, raiseTtl(moving)),
  ];
}

/** What was found at first, for whoever decides. */
const looked = ({ findings, addresses, input }: Moving): Doing => ({
  name: "preflight",
  plan: () => ({
    does: [
      `from ${input.from} (${addresses.old}) to this host (${addresses.here.join(", ")})`,
      ...findings.map(({ weight, says }) => (weight === "note" ? `note: ${says}` : says)),
    ],
  }),
  check: async () => true,
  run: async () => {},
});

const announced = "announced";

function whenItIsTime(moving: Moving): Step[] {
  const { at } = moving.input;
  if (at === undefined) return [];
  return [
    {
      name: "until it is time",
      plan: () => ({ does: [`announces it, and waits until ${at}`] }),
      async awaits(here) {
        if (here.recall(announced) === undefined) {
          here.remember(announced, true);
          const names = moving.sites.map(({ name }) => name).join(", ");
          here.announce(`everything is ready; ${names} will be offline for some seconds at ${at}`);
        }
        return laterThan(moving, Date.parse(at));
      },
    },
  ];
}

/** Jails, pools, keys: what the old host is told besides its sites. */
function otherRecords({ own, others }: Moving): Doing {
  const stated = "records stated";
  return {
    name: "other records",
    plan: () => ({ does: others.map(({ kind, name }) => `states ${kind}/${name} here, too; it stays there as well`) }),
    check: async (at) => at.recall(stated) === true,
    async run(at) {
      await state(own, [...others]);
      at.remember(stated, true);
    },
    async undo() {
      await state(
        own,
        others.map(({ kind, name }) => ({ kind, name, spec: null })),
      );
    },
  };
}
