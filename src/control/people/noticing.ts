import { rhythm } from "../../host/pace.ts";
import type { MaintenanceSpec } from "../../kinds/maintenance/schema.ts";
import { isOn } from "../../kinds/maintenance/window.ts";
import {
  concernOf,
  type Happened,
  type Listener,
  mailOfNotices,
  type PersonalNotice,
  sentenceOf,
  type Wishes,
} from "../../model/personal-notice.ts";
import type { KeptNotice, Since } from "../../store/people/notices.ts";
import type { Told } from "../../store/told.ts";
import type { Around } from "../http/around.ts";

/** How a notice leaves the house. Each rejects with what the other side said. */
export interface Senders {
  readonly mail?: (to: string, mail: { id: string; subject: string; text: string; html: string }) => Promise<void>;
  /** `from`: who wants it; others than operators have only public addresses asked. */
  readonly webhook: (
    webhook: NonNullable<Wishes["webhook"]>,
    id: string,
    body: string,
    from: { readonly isOperator: boolean },
  ) => Promise<void>;
}

/** What comes within this time is one mail; after one, the next waits for the second. Milliseconds. */
const [gather, rest] = [rhythm(10_000), rhythm(300_000)];

const paces = { hourly: 3_600_000, daily: 86_400_000 } as const;

/** Milliseconds between two looks. */
const [lookEvery, hostsEvery] = [rhythm(1_000), rhythm(5_000)];
const [windowsEvery, tidyEvery] = [rhythm(15_000), rhythm(3_600_000)];

/** After a failure, what was to go waits so long. Milliseconds. */
const again = rhythm(60_000);

/** Turns what happens into notices for those whom it concerns, and sends them as they wish. Returns what ends that. */
export function startNoticing(
  around: Pick<Around, "control" | "estate" | "people" | "now" | "log" | "origin">,
  { mail, webhook }: Senders,
): { look(): Promise<void>; stop(): void } {
  const { control, estate, people, now, log, origin } = around;
  const { notices, accounts } = people;
  const done = { hosts: 0, windows: 0, tidied: now() };
  /** How things stood when we looked last: most stand as they did, and need no question. */
  const known = new Map<string, string>();
  /** Who could not be reached, until when they are let be. */
  const resting = new Map<string, number>();

  async function turned(...[name, value, make]: Parameters<typeof notices.turned>) {
    if (known.get(name) === value) return;
    await notices.turned(name, value, make);
    known.set(name, value);
  }

  async function hosts() {
    for (const { name, seenAt } of await control.hosts()) {
      if (seenAt === undefined) continue;
      const is = control.isPresent(name) ? "back" : "lost";
      await turned(`host ${name}`, is, (listeners) => toAll([{ is, what: name, says: "", at: now() }], listeners));
    }
  }

  async function windows() {
    for (const { ref, spec, tenant } of await estate.list("Maintenance")) {
      const on = isOn(spec as MaintenanceSpec, now());
      const sites = (spec as { readonly sites?: unknown }).sites;
      const what = Array.isArray(sites) ? sites.join(", ") : ref;
      await turned(ref, on ? "on" : "off", (listeners) =>
        toAll(
          [
            {
              is: on ? "maintenance begins" : "maintenance ends",
              what,
              says: "",
              at: now(),
              ...(tenant !== undefined && { tenant }),
            },
          ],
          listeners,
        ),
      );
    }
  }

  async function sendMail() {
    if (!mail) return;
    for (const { account, since, last } of await notices.waiting("mail")) {
      const wishes = await notices.wishes(account);
      const isDue =
        wishes.mail === "off"
          ? true
          : wishes.mail === "now"
            ? now() - since >= gather && now() - last >= rest
            : now() - Math.max(since, last) >= paces[wishes.mail];
      if (!isDue || (resting.get(account) ?? 0) > now()) continue;
      const taken = await notices.take(account, "mail", now());
      const who = await accounts.get(account);
      if (taken.length === 0 || !who || wishes.mail === "off") continue;
      const { language, email } = who;
      const id = `notices-${account}-${taken.at(-1)!.id}`;
      await sent(account, taken, "mail", mail(email, { id, ...mailOfNotices(taken, { language, origin }) }));
    }
  }

  async function post() {
    for (const { account } of await notices.waiting("webhook")) {
      if ((resting.get(`${account} webhook`) ?? 0) > now()) continue;
      const wishes = await notices.wishes(account);
      const taken = await notices.take(account, "webhook", now());
      const who = await accounts.get(account);
      if (taken.length === 0 || !wishes.webhook || !who) continue;
      const id = `notices-${account}-${taken.at(-1)!.id}`;
      await sent(`${account} webhook`, taken, "webhook", webhook(wishes.webhook, id, bodyOf(taken), who));
    }
  }

  async function sent(key: string, taken: readonly KeptNotice[], channel: "mail" | "webhook", sending: Promise<void>) {
    try {
      await sending;
    } catch (error) {
      log(`a notice could not be sent by ${channel}, and is tried again: ${(error as Error).message}`);
      resting.set(key, now() + again);
      await notices.giveBack(taken, channel);
    }
  }

  async function look() {
    while (await notices.advance(noticesOf));
    if (now() - done.hosts >= hostsEvery) {
      done.hosts = now();
      await hosts();
    }
    if (now() - done.windows >= windowsEvery) {
      done.windows = now();
      await windows();
    }
    await sendMail();
    await post();
    if (now() - done.tidied >= tidyEvery) {
      done.tidied = now();
      await people.forgetOld(now());
      // Another control plane, which has gone, may have noted otherwise.
      known.clear();
    }
  }

  let isLooking = false;
  const timer = setInterval(async () => {
    if (isLooking) return;
    isLooking = true;
    await look().catch((error: Error) => log(`cannot tell people at the moment: ${error.message}`));
    isLooking = false;
  }, lookEvery);
  timer.unref();
  return {
    look,
    stop: () => clearInterval(timer),
  };
}

const names: Readonly<Record<string, string>> = {
  Applied: "live",
  Failed: "failed",
  Quarantined: "set aside",
  Drifted: "changed by hand",
  certificate: "certificate",
  "mail limit": "mail limit",
};

/** What hosts have told, as notices: each once for each person, however many hosts say it. */
export function noticesOf({ told, actors, listeners }: Since): (PersonalNotice & { account: string })[] {
  return toAll(
    told.flatMap((each) => happenedOf(each, actors) ?? []),
    listeners,
  );
}

function happenedOf(
  { is, ref, tenant, host, says, at, sequence }: Told,
  actors: Since["actors"],
): Happened | undefined {
  const name = names[is];
  if (name === undefined || (ref === undefined && name !== "certificate")) return undefined;
  const actor = sequence === undefined ? undefined : actors.get(sequence);
  return {
    is: name,
    // A limit is called as its tenant, who does not know that it has one.
    what: (name === "mail limit" ? tenant : undefined) ?? ref ?? says,
    says,
    host,
    at,
    ...(tenant !== undefined && { tenant }),
    ...(actor !== undefined && { actor }),
  };
}

function toAll(all: readonly Happened[], listeners: readonly Listener[]): (PersonalNotice & { account: string })[] {
  const found = new Map<string, PersonalNotice & { account: string }>();
  for (const happened of all)
    for (const listener of listeners) {
      const about = concernOf(happened, listener);
      if (!about) continue;
      const { is, what, says, host, at } = happened;
      const key = `${listener.id} ${is} ${what}`;
      const known = found.get(key);
      const where = [known?.host, host].filter(Boolean).join(", ");
      found.set(key, { account: listener.id, is, what, says, at, about, ...(where !== "" && { host: where }) });
    }
  return [...found.values()];
}

/** See https://www.standardwebhooks.com. */
const bodyOf = (notices: readonly KeptNotice[]): string =>
  JSON.stringify({
    type: "upkeep.notices",
    timestamp: new Date(notices.at(-1)!.at).toISOString(),
    data: {
      notices: notices.map(({ is, about, what, host, says, at }) => ({
        ...{ is, about, what, host, says },
        sentence: sentenceOf({ is, what }, "en"),
        at: new Date(at).toISOString(),
      })),
    },
  });
