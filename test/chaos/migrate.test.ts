import { after, before, describe, test } from "node:test";
import type { Lab } from "../../lab/lab.ts";
import { endsOnOneSide, type faults } from "../lab/migrate-site/faults.ts";
import { type Names, openWorld } from "../lab/migrate-site/world.ts";

/*
 * A move, and each of these in each of its steps, some twenty minutes: `npm run chaos`. In the tests of every change are some
 * of them, see `test/lab/migrate-faults.test.ts`.
 */

const kinds: readonly (keyof typeof faults)[] = [
  "the old host loses power",
  "the new host loses power",
  "the network is cut",
  "Upkeep is killed",
];

const steps = [
  /^shorter ttl/,
  /^until the old ttl/,
  /^site shop/,
  /^files of shop/,
  /^database mysql/,
  /^compare shop/,
  /^offline: shop/,
  /^last copy: shop/,
  /^switch: shop/,
  /^watch/,
  /^names/,
];

let lab: Lab<Names>;

before(async () => {
  lab = await openWorld({ uploads: 200, posts: 20_000 });
});
after(() => lab?.close());

describe("a move ends on one of the hosts, whole, and nothing is lost, when", () => {
  for (const fault of kinds)
    for (const step of steps)
      test(`${fault} in the step ${step.source}`, () =>
        endsOnOneSide(lab, fault, step, "--site=shop.example.com").then(() => {}));
});
