import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import type { HostEvent, Observation } from "../model/happening.ts";
import type { HostReport } from "../model/report.ts";
import { fleetingSecrets } from "./secrets.ts";
import { openSqliteFleet } from "./sqlite.ts";

const signature = { at: 1, actor: "alice", cause: "test" };
const directory = mkdtempSync(join(tmpdir(), "upkeep-happenings-"));
after(() => rmSync(directory, { recursive: true }));
let opened = 0;
const fleetOf = async (...hosts: string[]) => {
  const fleetAndEstate = await openSqliteFleet(join(directory, `${++opened}.db`), fleetingSecrets());
  for (const host of hosts) await fleetAndEstate.fleet.add(host, {}, signature);
  return fleetAndEstate;
};
const event = (number: number, at = number): HostEvent => ({
  is: "banned",
  says: `${number}`,
  log: "guard",
  number,
  at,
});

/** What a host does: bans, lets in, and tells everything anew, as it does after a while without a bus. */
const deed = fc.oneof(
  fc.record({ ban: fc.nat(3), number: fc.nat(5) }),
  fc.record({ unban: fc.nat(3) }),
  fc.constant({ anew: true as const }),
);

/** The reports of that, and who is banned in the end. */
function lifeOf(deeds: readonly ({ ban: number; number: number } | { unban: number } | { anew: true })[]) {
  const banned = new Map<string, Observation>();
  const reports: HostReport[] = [];
  deeds.forEach((done, index) => {
    const number = index + 1;
    const say = (observation: Observation) =>
      reports.push({
        host: "web1",
        report: { number, conditions: [], events: [event(number)], observations: [observation] },
      });
    if ("ban" in done) {
      const observation = { watch: "bans", key: `${done.ban}`, until: 1_000, value: { number: done.number } } as const;
      banned.set(observation.key, observation);
      say(observation);
    } else if ("unban" in done) {
      banned.delete(`${done.unban}`);
      say({ watch: "bans", key: `${done.unban}`, until: 1_000 });
    } else {
      const observations = [...banned.values()];
      reports.push({ host: "web1", report: { number, conditions: [], observations, anew: number } });
    }
  });
  return { reports, banned };
}

test("whatever comes twice, late or in another order, the estate knows what happened and who is banned", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(deed, { maxLength: 12 }),
      fc.infiniteStream(fc.nat(1_000)),
      fc.nat(3),
      async (deeds, shuffle, together) => {
        const { reports, banned } = lifeOf(deeds);
        const order = [...reports, ...reports.filter((_, index) => index % 2 === 0)]
          .map((report) => ({ report, place: shuffle.next().value as number }))
          .sort((one, other) => one.place - other.place)
          .map(({ report }) => report);
        const { fleet, estate } = await fleetOf("web1");
        for (let start = 0; start < order.length; start += together + 1)
          await fleet.heard(order.slice(start, start + together + 1), 500);
        const observed = await fleet.happenings.observed({ watch: "bans", now: 500 });
        assert.deepEqual(
          observed.map(({ key, value }) => ({ key, value })),
          [...banned.values()]
            .map(({ key, value }) => ({ key, value }))
            .sort((one, other) => (one.key < other.key ? -1 : 1)),
        );
        const events = await fleet.happenings.events({ limit: 100 });
        const happened = reports.flatMap(({ report }) => report.events ?? []).map(({ number }) => number);
        assert.deepEqual(events.map(({ number }) => number).reverse(), happened);
        await estate.close();
      },
    ),
    { numRuns: 60 },
  ));

test("what has ended is not shown, and goes; events go after thirty days", async () => {
  const { fleet, estate } = await fleetOf("web1");
  const observations: Observation[] = [{ watch: "bans", key: "192.0.2.7", until: 1_000, value: {} }];
  await fleet.heard([{ host: "web1", report: { number: 1, conditions: [], events: [event(1)], observations } }], 1);
  const { happenings } = fleet;
  assert.equal((await happenings.observed({ watch: "bans", now: 999 })).length, 1);
  assert.equal((await happenings.observed({ watch: "bans", now: 1_000 })).length, 0);
  await happenings.forgetOld(2_000);
  assert.equal((await happenings.observed({ watch: "bans", now: 0 })).length, 0);
  assert.equal((await happenings.events({ limit: 9 })).length, 1);
  await happenings.forgetOld(31 * 86_400_000);
  assert.equal((await happenings.events({ limit: 9 })).length, 0);
  await estate.close();
});

test("each host is asked about by itself; one that is none says nothing; one that goes takes what it found with it", async () => {
  const { fleet, estate } = await fleetOf("web1", "web2");
  const said = (host: string): HostReport => ({
    host,
    report: {
      number: 1,
      conditions: [],
      events: [event(1)],
      observations: [{ watch: "bans", key: host, until: 9, value: {} }],
      anew: 1,
    },
  });
  await fleet.heard([said("web2"), said("stranger"), said("web1")], 1);
  const hosts = async (host?: string) =>
    (await fleet.happenings.observed({ watch: "bans", now: 1, ...(host && { host }) })).map((each) => each.host);
  assert.deepEqual(await hosts(), ["web1", "web2"]);
  assert.deepEqual(await hosts("web2"), ["web2"]);
  assert.deepEqual(
    (await fleet.happenings.events({ host: "web1", limit: 9 })).map(({ host }) => host),
    ["web1"],
  );
  await fleet.remove("web1", signature);
  assert.deepEqual(await hosts(), ["web2"]);
  // Installed anew under the same name it counts from one again, and that is news.
  await fleet.add("web1", {}, signature);
  await fleet.heard([{ host: "web1", report: { number: 1, conditions: [], events: [event(1, 77)] } }], 77);
  assert.equal((await fleet.happenings.events({ host: "web1", limit: 9 })).length, 2);
  await estate.close();
});
