import type { Host } from "../../host/host.ts";
import { Unreachable } from "../../host/link.ts";
import { addressesOf, type NameAnswer } from "../../host/name-answers.ts";
import { pageOf } from "../../host/page.ts";
import { updateZone } from "../../host/zone-updates.ts";
import type { SiteSeen } from "../../model/move.ts";
import type { Publish } from "../../model/pool.ts";
import { UserError } from "../../model/problem.ts";
import type { Awaited } from "../../model/run.ts";
import type { Doing, Step, Waiting } from "../runbook.ts";
import type { MigrationInput } from "./input.ts";
import type { Moving } from "./moving.ts";
import { alike } from "./similar.ts";

/** When the names were given out as before again. Milliseconds since 1970. */
export const namesBack = "names were given back at";

/** The name server that is told, if one is. */
export function nameServerOf({
  nameServer,
}: MigrationInput): { readonly host: string; readonly port: number } | undefined {
  if (nameServer === undefined) return undefined;
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(nameServer) ?? [];
  // An IPv6 address has colons of its own.
  if ((nameServer.match(/:/g) ?? []).length > 1) return { host: nameServer.replace(/^\[|\]$/g, ""), port: 53 };
  return { host: host!, port: Number(port ?? 53) };
}

/** Names without stars, of all sites. */
export const plainNames = (sites: readonly SiteSeen[]): string[] =>
  sites.flatMap(({ names }) => names).filter((name) => !name.startsWith("*"));

/** What names have in a zone: `@`, `www`. Names that are not in it cannot be told. */
export function recordsOf(sites: readonly SiteSeen[], zone: string): string[] {
  return sites
    .flatMap(({ names }) => names)
    .map((name) => {
      if (name === zone) return "@";
      if (!name.endsWith(`.${zone}`))
        throw new UserError(`${name} is not in the zone ${zone}; say its zone, or leave --name-server out`);
      return name.slice(0, -zone.length - 1);
    });
}

/** `key "upkeep" { algorithm hmac-sha256; secret "..."; };` */
export function readDnsKey({ files }: Pick<Host, "files">, path: string): Extract<Publish, { by: "update" }>["key"] {
  const text = files.read(path);
  if (text === undefined) throw new UserError(`there is no file ${path} with a key for the name server`);
  const name = /key\s+"?([\w.-]+)"?\s*\{/.exec(text)?.[1];
  const algorithm = /algorithm\s+"?([\w-]+)"?\s*;/.exec(text)?.[1];
  const secret = /secret\s+"([A-Za-z0-9+/=]+)"\s*;/.exec(text)?.[1];
  if (!name || !algorithm || !secret) throw new UserError(`${path} holds no key as tsig-keygen(8) writes it`);
  return { name, algorithm, secret } as Extract<Publish, { by: "update" }>["key"];
}

/** Has the name server give out addresses for all names of the move. */
async function give({ host, input, sites, move }: Moving, addresses: readonly string[], ttl: number): Promise<void> {
  const server = nameServerOf(input)!;
  const zone = input.zone!;
  const publish = {
    by: "update",
    server: server.host,
    port: server.port,
    key: readDnsKey(host, input.dnsKey!),
  } as Publish;
  const config = { name: move, zone, records: recordsOf(sites, zone), ttl };
  await updateZone(host, publish, config, addresses).catch(awayOr);
}

/** A name server that does not answer may do so later. */
function awayOr(error: NodeJS.ErrnoException): never {
  if (
    /^E(CONN|TIMEOUT|NET|HOST)/.test(error.code ?? "") ||
    /Communication with .* failed|timed out/.test(error.message)
  )
    throw new Unreachable(`the name server does not answer: ${error.message}`);
  throw error;
}

const said = ({ input, sites }: Moving): Promise<NameAnswer> =>
  addressesOf(plainNames(sites)[0]!, nameServerOf(input)).catch(awayOr);

const same = (one: readonly string[], other: readonly string[]): boolean =>
  [...one].sort().join() === [...other].sort().join();

/** Before anything else: names are remembered for a short time only, and others' mirrors are out of them. */
export function lowerTtl(moving: Moving): Step[] {
  const { input, names, host } = moving;
  if (!names) return [];
  const addresses = names.addresses.filter((each) => !input.mirrors.includes(each));
  const lowered = "names were lowered at";
  return [
    {
      name: "shorter ttl",
      patience: 600_000,
      plan: () => ({
        does: [
          `${input.nameServer} says that names may be remembered for ${input.ttl} s, not ${names.ttl} s`,
          ...(input.mirrors.length > 0 ? [`and gives out ${input.mirrors.join(", ")} no longer`] : []),
        ],
      }),
      check: async (at) => {
        const now = await said(moving);
        return at.recall(lowered) !== undefined && now.ttl <= input.ttl && same(now.addresses, addresses);
      },
      async run(at) {
        await give(moving, addresses, Math.min(names.ttl, input.ttl));
        at.remember(lowered, host.clock.now());
      },
      undo: () => give(moving, names.addresses, names.ttl),
    },
    {
      name: "until the old ttl has passed",
      plan: () => ({ does: [`waits ${names.ttl} s: so long others may remember what they were told before`] }),
      awaits: async (at) => laterThan(moving, at.recall<number>(lowered)! + names.ttl * 1_000),
    },
  ];
}

export const laterThan = ({ host }: Pick<Moving, "host">, time: number): Awaited | undefined =>
  host.clock.now() < time ? { for: "time", until: time } : undefined;

/** Visitors come to this host by themselves. */
export function pointNames(moving: Moving): Step {
  const { input, names, addresses, host, sites } = moving;
  if (!names) return askForNames(moving);
  const kept = names.addresses.filter((each) => !input.mirrors.includes(each));
  return {
    name: "names",
    patience: 86_400_000,
    plan: () => ({
      does: [
        `${input.nameServer} gives out ${addresses.here.join(", ")} for ${plainNames(sites).join(", ")}, not ${kept.join(", ")}`,
      ],
      visitors: "nothing: whoever still comes to the old host is passed on",
    }),
    check: async () => same((await said(moving)).addresses, addresses.here),
    run: () => give(moving, addresses.here, input.ttl),
    undo: async (at) => {
      await give(moving, kept, Math.min(names.ttl, input.ttl));
      at.remember(namesBack, host.clock.now());
    },
  };
}

/** Somebody else has the name server. Once the names say it, it goes on by itself. */
const askForNames = ({ addresses, sites }: Moving): Waiting => ({
  name: "names",
  plan: () => ({
    does: [`you have ${plainNames(sites).join(", ")} point to ${addresses.here.join(", ")}; it goes on when they do`],
    visitors: "nothing: whoever still comes to the old host is passed on",
  }),
  async awaits() {
    const wrong: string[] = [];
    for (const name of plainNames(sites)) {
      const { addresses: found } = await addressesOf(name).catch(() => ({ addresses: [] as string[] }));
      if (!found.some((each) => addresses.here.includes(each))) wrong.push(name);
    }
    if (wrong.length === 0) return undefined;
    return {
      for: "condition",
      says: `${wrong.slice(0, 5).join(", ")} should point to ${addresses.here.join(", ")}: tell the name server; \`upkeep runs continue\` goes on without`,
    };
  },
});

/** Mirrors of others come back one by one, each when it shows what we show. */
export function mirrorsBack(moving: Moving): Step[] {
  const { input, names, addresses, sites } = moving;
  if (!names) return [];
  const [site] = sites;
  const scheme = site!.tls ? "https" : "http";
  const url = new URL(`${scheme}://${plainNames(sites)[0]}/`);
  return input.mirrors.flatMap((mirror, index): Step[] => {
    const given = [...addresses.here, ...input.mirrors.slice(0, index + 1)];
    const port = site!.ports[scheme];
    return [
      {
        name: `mirror ${mirror} has followed`,
        plan: () => ({ does: [`waits until ${mirror} shows what this host shows`] }),
        async awaits() {
          const [own, other] = await Promise.allSettled([
            pageOf(url, { address: addresses.here[0]!, port }),
            pageOf(url, { address: mirror, port }),
          ]);
          const follows =
            own.status === "fulfilled" &&
            other.status === "fulfilled" &&
            own.value.status === other.value.status &&
            alike(own.value.body, other.value.body) >= input.similar;
          return follows ? undefined : { for: "condition", says: `${mirror} does not show what this host shows` };
        },
      },
      {
        name: `mirror ${mirror}`,
        patience: 86_400_000,
        plan: () => ({ does: [`${input.nameServer} gives out ${mirror} again`] }),
        check: async () => same((await said(moving)).addresses, given),
        run: () => give(moving, given, input.ttl),
        undo: () =>
          give(
            moving,
            given.filter((each) => each !== mirror),
            input.ttl,
          ),
      } satisfies Doing,
    ];
  });
}

/** Days later. */
export function raiseTtl(moving: Moving): Step[] {
  const { input, names, addresses } = moving;
  if (!names || names.ttl <= input.ttl) return [];
  const given = [...addresses.here, ...input.mirrors];
  return [
    {
      name: "usual ttl",
      patience: 7 * 86_400_000,
      plan: () => ({ does: [`${input.nameServer} says again that names may be remembered for ${names.ttl} s`] }),
      check: async () => {
        const now = await said(moving);
        return now.ttl > input.ttl && same(now.addresses, given);
      },
      run: () => give(moving, given, names.ttl),
    },
  ];
}
