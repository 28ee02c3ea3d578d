import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { type GuardBook, openGuardBook } from "./guard-book.ts";

let book: GuardBook;
let isFull: boolean;
let written: string[];
let logged: string[];
let failing: string | undefined;

const put = (text: string) => () => {
  if (isFull) throw new Error("database or disk is full");
  written.push(text);
};

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  [isFull, written, logged, failing] = [false, [], [], undefined];
  book = openGuardBook({
    what: "this cannot be written down",
    concerns: () => true,
    log: (text) => logged.push(text),
    report: (_what, _concerns, why) => {
      failing = why;
    },
  });
});
afterEach(() => {
  book.stop();
  mock.timers.reset();
});

describe("what the guard writes down", () => {
  test("is written at once, and in order after it could not be; it fails until all of it is written", () => {
    book.write(put("one"));
    assert.deepEqual(written, ["one"]);
    isFull = true;
    book.write(put("two"));
    book.write(put("three"));
    assert.equal(failing, "database or disk is full");
    // That something else has nothing to write proves nothing.
    book.write(() => {});
    mock.timers.tick(2_000);
    assert.equal(failing, "database or disk is full");
    isFull = false;
    mock.timers.tick(2_000);
    assert.deepEqual(written, ["one", "two", "three"]);
    assert.equal(failing, undefined);
    assert.deepEqual(logged, ["this cannot be written down: database or disk is full; tried again"]);
  });

  test("is written as it is at last, where only that counts", () => {
    isFull = true;
    book.write(put("old"), "addresses");
    book.write(put("new"), "addresses");
    isFull = false;
    mock.timers.tick(2_000);
    assert.deepEqual(written, ["new"]);
  });

  test("does not fill the memory while the disk is full", () => {
    isFull = true;
    for (let index = 0; index < 5_000; index++) book.write(put(`${index}`));
    isFull = false;
    mock.timers.tick(2_000);
    assert.equal(written.length, 1_000);
    assert.equal(written.at(-1), "4999");
  });
});
