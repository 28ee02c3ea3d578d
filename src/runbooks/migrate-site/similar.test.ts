import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Page } from "../../host/page.ts";
import { alike, difference } from "./similar.ts";

const page = (more: Partial<Page>): Page => ({ status: 200, headers: {}, body: "", ...more });

describe("two pages", () => {
  test("that say the same are alike whatever stands between the words", () => {
    assert.equal(alike("<p>One two three four</p>", "<div>One  two\nthree, four</div>"), 1 / 3);
    assert.equal(alike("one two three", "one, two: three!"), 1);
    assert.equal(alike("", ""), 1);
    assert.equal(alike("one two three four", "five six seven eight"), 0);
  });

  test("are as alike one way as the other, wholly to themselves, and from 0 to 1", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const share = alike(one, other);
        assert.equal(share, alike(other, one));
        assert.ok(share >= 0 && share <= 1);
        assert.equal(alike(one, one), 1);
      }),
    );
  });

  test("differ by what a browser goes by: status, type, where it is sent, what it keeps", () => {
    const old = page({
      headers: { "content-type": "text/html", "set-cookie": "session=1; path=/, lang=de", date: "now" },
    });
    const own = page({
      status: 500,
      headers: { "content-type": "text/plain", "set-cookie": "lang=en", date: "later" },
    });
    assert.deepEqual(difference(old, own).says, [
      "status 200 there, 500 here",
      "content-type: text/html there, text/plain here",
      "cookies: lang, session there, lang here",
    ]);
    assert.deepEqual(difference(old, { ...old, headers: { ...old.headers, date: "later" } }).says, []);
  });
});
