import { Unreachable } from "../../host/link.ts";
import { rhythm } from "../../host/pace.ts";
import { milliseconds, roughly } from "../../model/duration.ts";
import type { Answers } from "../../model/move.ts";
import type { At, Doing, Step } from "../runbook.ts";
import { dropAccounts } from "./database-steps.ts";
import { state } from "./hosts.ts";
import { groupsOf, type Moving } from "./moving.ts";
import { laterThan } from "./names.ts";
import { errorsKey, switchedAtKey } from "./outage.ts";
import { forget } from "./prepare-steps.ts";

/**
 * So many errors (5xx) are too many, and such a share of all answers; where there were more before, so many times as many, and
 * half of all in any case: pages of a maintenance count as errors, too.
 */
const tooMany = { errors: 10, share: 0.02, times: 3, most: 0.5 };

/** Milliseconds between looks. */
const glance = rhythm(5_000);

/** Looks at errors for a while; too many are a failure, and so the way back. */
export function watchErrors(moving: Moving): Doing {
  const { host, own, old, input, sites } = moving;
  const groups = groupsOf(moving);
  const names = sites.map(({ name }) => name);
  return {
    name: "watch",
    plan: () => ({
      does: [
        `looks at errors on both hosts for ${roughly(milliseconds(input.watch)!)}; more than ${100 * tooMany.share} %, and ${tooMany.times} times as many as before, and everything is taken back`,
      ],
    }),
    check: async (at) => at.recall("watched") === true,
    async run(at) {
      const before = groups.map((group) => at.recall<Answers>(errorsKey(group)) ?? {}).map(shareOf);
      const usual = Math.max(0, ...before);
      const since = Math.max(...groups.map((group) => at.recall<number>(switchedAtKey(group)) ?? 0));
      const whole = milliseconds(input.watch)!;
      for (;;) {
        at.breathe();
        const within = host.clock.now() - since;
        const [{ counts: here }, { counts: there }] = await Promise.all([
          own.ask({ do: "answers", sites: names, within }),
          // Whoever has gone by now has nothing that is not here, too.
          old.ask({ do: "answers", sites: names, within }).catch(() => ({ counts: {} as Answers })),
        ]);
        for (const [where, answers] of [
          ["here", here],
          ["on the old host", there],
        ] as const) {
          const errors = answers["5"] ?? 0;
          const share = shareOf(answers);
          if (
            errors >= tooMany.errors &&
            share > Math.min(tooMany.most, Math.max(tooMany.share, tooMany.times * usual))
          )
            throw new Error(
              `${errors} answers ${where} were errors, ${Math.round(100 * share)} % (${Math.round(100 * usual)} % before)`,
            );
        }
        const gone = host.clock.now() - since;
        const says = `${here["5"] ?? 0} errors of ${countOf(here)} answers`;
        at.progress({ done: Math.min(gone, whole) / 1_000, of: whole / 1_000, unit: "s", says });
        if (gone >= whole) {
          at.figure({ name: "answers", value: countOf(here), unit: "answers" });
          at.figure({ name: "errors", value: here["5"] ?? 0, unit: "answers" });
          break;
        }
        await host.clock.pause(Math.min(glance, whole - gone));
      }
      at.remember("watched", true);
    },
  };
}

const countOf = (answers: Answers): number => Object.values(answers).reduce((sum, each) => sum + each, 0);
const shareOf = (answers: Answers): number => (countOf(answers) === 0 ? 0 : (answers["5"] ?? 0) / countOf(answers));

/** From when the names lead here. Milliseconds since 1970. */
const arrived = "arrived at";

/** Days later: the way back ends, then the old host's part. */
export function endings(moving: Moving, afterTheWayBack: readonly Step[]): Step[] {
  const { input, sites, addresses, host, databases, link, move } = moving;
  const [back, proxy] = [milliseconds(input.back)!, milliseconds(input.proxy)!];
  const names = sites.map(({ name }) => name);
  const dialects = [...new Set(databases.map(({ dialect }) => dialect))];
  return [
    {
      name: "until all is well",
      plan: () => ({
        does: [
          `waits ${roughly(back)}; until then \`upkeep runs undo\` brings everything back, with what was written here`,
        ],
      }),
      async awaits(at) {
        if (at.recall(arrived) === undefined) {
          at.remember(arrived, host.clock.now());
          const [ends, off] = [back, Math.max(back, proxy)].map((each) =>
            new Date(host.clock.now() + each).toISOString(),
          );
          at.announce(`the way back ends on ${ends}; the old host passes requests on until ${off}`);
        }
        return laterThan(moving, at.recall<number>(arrived)! + back);
      },
    },
    {
      name: "no way back",
      isFinal: true,
      plan: () => ({
        does: [
          "THE POINT OF NO RETURN: accounts of the move on database servers go; from here it only goes forward",
          `databases and files on ${input.from} stay, as they were at the switch`,
        ],
      }),
      check: async (at) => at.recall("accounts are gone") === true,
      async run(at) {
        for (const dialect of dialects) await dropAccounts(moving, dialect);
        at.remember("accounts are gone", true);
      },
      patience: 7 * 86_400_000,
    },
    ...afterTheWayBack,
    {
      name: "until nobody comes to the old host",
      plan: () => ({ does: [`waits until ${roughly(proxy)} after the switch`] }),
      awaits: async (at) => laterThan(moving, at.recall<number>(arrived)! + proxy),
    },
    {
      name: "old host",
      patience: 7 * 86_400_000,
      plan: () => ({
        does: [
          `Site/${names.join(", Site/")} on ${input.from} goes: it passes nothing on any longer; what is in its directories stays there`,
          `the sites here trust ${addresses.old} no longer; the move's key is let in no longer`,
        ],
        visitors: "only whoever still comes by the old address: they get nothing",
      }),
      check: async () => host.files.stat(`/var/lib/upkeep/moves/${move}/key`) === undefined,
      async run(at) {
        if (at.recall("closing") === undefined) await lastOrders(moving, at);
        await link.close();
        forget(host.files, move);
      },
    },
  ];
}

/** The last that is asked of the old host; its key is good for nothing afterwards. */
async function lastOrders({ old, own, sites, move, addresses }: Moving, at: At): Promise<void> {
  const names = sites.map(({ name }) => name);
  const { counts } = await old.ask({ do: "answers", sites: names, within: 86_400_000 }).catch((error: Error) => {
    if (error instanceof Unreachable) throw error;
    // They have gone, and we before we could write it down.
    return { counts: {} as Answers };
  });
  at.figure({ name: "came to the old host in the last day", value: countOf(counts), unit: "requests" });
  await state(
    old,
    names.map((name) => ({ kind: "Site", name, spec: null })),
  );
  const stated = await own.ask({ do: "stated", sites: names });
  await state(
    own,
    Object.entries(stated.sites).map(([name, { trustedProxies = [], ...spec }]) => {
      const others = trustedProxies.filter((each) => each !== addresses.old);
      return { kind: "Site", name, spec: { ...spec, ...(others.length > 0 && { trustedProxies: others }) } };
    }),
  );
  at.remember("closing", true);
  await old.ask({ do: "close", move });
}
