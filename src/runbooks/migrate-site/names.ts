import { addressesOf } from "../../host/name-answers.ts";
import { pageOf } from "../../host/page.ts";
import type { Awaited } from "../../model/run.ts";
import type { Doing, Step, Waiting } from "../runbook.ts";
import type { Moving } from "./moving.ts";
import { give, plainNames, said } from "./name-server.ts";
import { alike } from "./similar.ts";

/** When the names were given out as before again. Milliseconds since 1970. */
export const namesBack = "names were given back at";

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
