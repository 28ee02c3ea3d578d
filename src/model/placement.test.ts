import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { batchOf, defaultStrategy, type Placeable, placesOf } from "./placement.ts";

const weigh = (text: string) => hash("sha256", text);
const host = (name: string, role: string, draining = false): Placeable => ({ name, labels: { role }, draining });
const all = [host("mail1", "mail"), host("web1", "web"), host("web2", "web"), host("web3", "web")];
const labels = { labels: { role: "web" } };

describe("where a resource goes", () => {
  test("to the host that is named, if there is one", () => {
    assert.deepEqual(placesOf("Site/a", { host: "web2" }, all, weigh), ["web2"]);
    assert.deepEqual(placesOf("Site/a", { host: "web9" }, all, weigh), []);
  });

  test("to every host with the labels", () =>
    assert.deepEqual(placesOf("Site/a", { hosts: labels }, all, weigh), ["web1", "web2", "web3"]));

  test("a draining host keeps what is stated for all, and loses what can be elsewhere", () => {
    const draining = [host("web1", "web", true), host("web2", "web")];
    assert.deepEqual(placesOf("Site/a", { hosts: labels }, draining, weigh), ["web1", "web2"]);
    assert.deepEqual(placesOf("Site/a", { hosts: { ...labels, count: 1 } }, draining, weigh), ["web2"]);
  });

  test("with a count, a host that comes or goes moves only what is or will be on it", () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 2, maxLength: 12 }),
        fc.integer({ min: 1, max: 3 }),
        fc.string(),
        (names, count, ref) => {
          const hosts = names.map((name) => host(name, "web"));
          const newcomer = names.at(-1)!;
          const before = placesOf(ref, { hosts: { ...labels, count } }, hosts.slice(0, -1), weigh);
          const after = placesOf(ref, { hosts: { ...labels, count } }, hosts, weigh);
          assert.equal(after.length, Math.min(count, names.length));
          assert.ok(after.every((name) => name === newcomer || before.includes(name)));
        },
      ),
    ));

  test("and resources are spread evenly", () => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 3_000; index++)
      for (const name of placesOf(`Site/${index}`, { hosts: { ...labels, count: 1 } }, all, weigh))
        counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const number of counts.values()) assert.ok(number > 850 && number < 1_150, String([...counts]));
  });
});

test("a batch is a number of hosts or a share of them, and never nobody", () => {
  const batch = (value: number | string, total: number) => batchOf({ ...defaultStrategy, batch: value }, total);
  assert.equal(batch(3, 10), 3);
  assert.equal(batch("25%", 10), 2);
  assert.equal(batch("1%", 10), 1);
});
