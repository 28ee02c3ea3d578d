import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseSrcset, printSrcset } from "./srcset.ts";

const cases: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "a.png": [["a.png", ""]],
  "a.png 1x, b.png 2x": [
    ["a.png", "1x"],
    ["b.png", "2x"],
  ],
  " a.png,b.png 640w ,": [["a.png,b.png", "640w"]],
  "a.png, b.png": [
    ["a.png", ""],
    ["b.png", ""],
  ],
  "data:image/png;base64,AA== 1x,c.png 2x": [
    ["data:image/png;base64,AA==", "1x"],
    ["c.png", "2x"],
  ],
  "a.png (x, y) 1x, b.png": [
    ["a.png", "(x, y) 1x"],
    ["b.png", ""],
  ],
  "": [],
};

for (const [text, candidates] of Object.entries(cases))
  test(`srcset ${JSON.stringify(text)}`, () =>
    assert.deepEqual(
      parseSrcset(text),
      candidates.map(([url, descriptor]) => ({ url, descriptor })),
    ));

test("what is printed is read again alike, and nothing is too strange to be read", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const once = parseSrcset(text);
      if (once.every(({ url }) => url !== "")) assert.deepEqual(parseSrcset(printSrcset(once)), once);
    }),
  );
});
