import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenize, tokenTypes } from "css-tree/tokenizer";
import fc from "fast-check";
import { shorten } from "./shorten.ts";

const cases: Readonly<Record<string, string>> = {
  "a { color : red ; }": "a{color : red;}",
  "a  b > c,\n d{}": "a b > c,d{}",
  "/* x */a/* y */b{}": "a/**/b{}",
  "a /* y */ b{}": "a b{}",
  'q{content:"a  ;  b";background:url( x  y )}': 'q{content:"a  ;  b";background:url( x  y )}',
  "p{width:calc(1px  +  2px)}": "p{width:calc(1px + 2px)}",
  "--x: ;": "--x:;",
};

for (const [text, short] of Object.entries(cases))
  test(`shortened: ${JSON.stringify(text)}`, () => assert.equal(shorten(text), short));

test("what is shortened means the same, and cannot be shortened again", () => {
  const bits = fc.constantFrom(
    "a",
    ".b",
    "{",
    "}",
    ";",
    ":",
    " ",
    "\n",
    "/* c */",
    ",",
    "1px",
    "+",
    "(",
    ")",
    '"s  s"',
    "url(x)",
    "@media",
    "!important",
    "--v",
  );
  const words = (text: string) => {
    const found: string[] = [];
    tokenize(text, (type, start, end) => {
      if (type !== tokenTypes.Comment && type !== tokenTypes.WhiteSpace) found.push(text.slice(start, end));
    });
    return found;
  };
  fc.assert(
    fc.property(fc.array(bits), (parts) => {
      const short = shorten(parts.join(""));
      assert.equal(shorten(short), short);
      assert.deepEqual(words(short), words(parts.join("")));
    }),
  );
});
