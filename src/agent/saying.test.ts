import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openSayer } from "./saying.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("what a host has to say", () => {
  const open = (isDeaf = () => false) => {
    const said: string[] = [];
    const tell = async (what: string) => {
      await turn();
      if (isDeaf()) throw new Error("nobody listens");
      said.push(what);
    };
    const logged: string[] = [];
    return {
      said,
      logged,
      tell,
      sayer: openSayer(
        () => tell("everything"),
        (text) => logged.push(text),
      ),
    };
  };

  test("is said in order, one after another, and all of it before the end", async () => {
    const { said, tell, sayer } = open();
    sayer.heard(true);
    while (said.length === 0) await turn();
    sayer.say(() => tell("one"));
    sayer.say(() => tell("two"));
    await turn();
    sayer.say(() => tell("three"));
    await sayer.stop();
    assert.deepEqual(said, ["everything", "one", "two", "three"]);
  });

  test("is made good by everything when nobody could hear it, once that is so again", async () => {
    const { said, tell, sayer } = open();
    sayer.say(() => tell("one"));
    sayer.say(() => tell("two"));
    await turn();
    assert.deepEqual(said, []);
    sayer.heard(true);
    await sayer.stop();
    assert.deepEqual(said, ["everything"]);
  });

  test("is tried again when the bus takes nothing, which holds up nobody", async () => {
    let isDeaf = false;
    const { said, logged, tell, sayer } = open(() => isDeaf);
    sayer.heard(true);
    while (said.length === 0) await turn();
    isDeaf = true;
    sayer.say(() => tell("one"));
    sayer.say(() => tell("two"));
    while (logged.length === 0) await turn();
    assert.deepEqual(logged, ["not heard: nobody listens"]);
    isDeaf = false;
    while (said.length === 1) await turn();
    assert.deepEqual(said, ["everything", "everything"]);
    sayer.say(() => tell("three"));
    await sayer.stop();
    assert.deepEqual(said, ["everything", "everything", "three"]);
    assert.deepEqual(logged, ["not heard: nobody listens", "heard again"]);
  });

  test("may stay unsaid at the end when nobody can hear it", async () => {
    const { said, tell, sayer } = open(() => true);
    sayer.heard(true);
    sayer.say(() => tell("one"));
    await sayer.stop();
    assert.deepEqual(said, []);
  });
});
