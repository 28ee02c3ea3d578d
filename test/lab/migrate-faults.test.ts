import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Lab } from "../../lab/lab.ts";
import { endsOnOneSide, type faults } from "./migrate-site/faults.ts";
import { type Names, openWorld } from "./migrate-site/world.ts";

let lab: Lab<Names>;

before(async () => {
  lab = await openWorld({ uploads: 5, posts: 300 });
});
after(() => lab?.close());

/** Every fault at every step is `npm run chaos:migrate`. */
const chosen: readonly (readonly [fault: keyof typeof faults, step: RegExp])[] = [
  ["the network is cut", /^last copy: shop/],
  ["the old host loses power", /^switch: shop/],
  ["the new host loses power", /^last copy: app/],
  ["Upkeep is killed", /^(?!key)/],
];

describe("a move during which", () => {
  for (const [fault, step] of chosen)
    test(`${fault} (${step.source}) ends on one of the hosts, whole; from there it goes back, and nothing is lost`, () =>
      endsOnOneSide(lab, fault, step).then(() => {}));

  test("visitors get errors from the new host: all is taken back by itself, with what they wrote", async () => {
    const { where, problem } = await endsOnOneSide(lab, "PHP ends on the new host", /^watch/, "--watch=1m");
    assert.equal(where, "old1");
    assert.match(problem ?? "", /^watch: \d+ answers (here|on the old host) were errors, \d+ % \(\d+ % before\)/);
    await lab.hosts.new1.must("systemctl", "start", lab.hosts.new1.release.php.unit);
  });

  test("Upkeep stands still: the old host opens by itself, and nothing is switched after that", async () => {
    const { where, problem } = await endsOnOneSide(lab, "Upkeep stands still", /^last copy: shop/, "--outage=30s");
    assert.equal(where, "old1");
    // What was open to the old host may have ended meanwhile, too.
    assert.match(problem ?? "", /comes too late|somebody writes|the connection to .* on .* was lost|ETIMEDOUT/);
  });
});
