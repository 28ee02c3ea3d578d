import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { eventNames, type HostEvent } from "./happening.ts";
import { mailOf, type Notice, webhookBodyOf } from "./notification.ts";

const at = Date.UTC(2026, 10, 22, 17, 30, 12);
const event = (is: HostEvent["is"], says: string, number = 1): HostEvent => ({ is, says, at, log: "guard", number });
const notice = (events: Notice["events"]): Notice => ({ id: "1", host: "web1", notification: "operators", at, events });

describe("what people are told", () => {
  test("one thing: all of it in the subject", () => {
    const { subject, text } = mailOf(notice([event("key forbidden", "SHA256:abc of alice, from 192.0.2.7")]));
    assert.equal(subject, "[web1] key forbidden: SHA256:abc of alice, from 192.0.2.7");
    assert.equal(
      text,
      "2026-11-22 17:30:12 UTC  key forbidden  SHA256:abc of alice, from 192.0.2.7\n\n-- \nweb1, notification operators. `upkeep events` there shows more.\n",
    );
  });

  test("a thousand things: fifty lines, and how many more there were of what", () => {
    const events = Array.from({ length: 1_000 }, (_, index) =>
      event(index < 990 ? "banned" : "pool alarm", `${index}`, index),
    );
    const { subject, text } = mailOf(notice(events));
    assert.equal(subject, "[web1] 1000 events: 990 banned, 10 pool alarm");
    assert.equal(text.split("\n").filter((line) => line.includes("banned  ")).length, 50);
    assert.match(text, /^and 950 more: 940 banned, 10 pool alarm$/m);
  });

  test("a test says that it is one", () => {
    const { subject, text } = mailOf(notice([]));
    assert.equal(subject, "[web1] a test of Upkeep's notifications");
    assert.match(text, /^This is a test: it arrives\.$/m);
  });

  test("whatever strangers have written stands in HTML as text, and in JSON as it was", () =>
    fc.assert(
      fc.property(fc.array(fc.record({ is: fc.constantFrom(...eventNames), says: fc.string() })), (all) => {
        const events = all.map(({ is, says }, index) => event(is, says, index));
        const { html } = mailOf(notice(events));
        const tags = new Set([...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/ style="[^"]*"/, "")));
        const own = [
          "<!doctype html>",
          '<meta charset="utf-8">',
          "<body>",
          "<table>",
          "<tr>",
          "<td>",
          "</td>",
          "</tr>",
        ];
        for (const tag of tags) assert.ok([...own, "</table>", "<p>", "</p>", "</body>"].includes(tag), tag);
        const read = JSON.parse(webhookBodyOf(notice(events))) as { data: { events: { says: string }[] } };
        assert.deepEqual(
          read.data.events.map(({ says }) => says),
          all.map(({ says }) => says),
        );
      }),
    ));
});
