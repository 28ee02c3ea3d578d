import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { compile } from "./expression.ts";
import { ExpressionError } from "./python.ts";

type Case = readonly [expression: string, text: string, matched: string | undefined, groups?: Record<string, string>];

/** What Python's `re` answers. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  "names and classes are written otherwise in Python": [
    ["(?P<user>\\w+)@", "bob@", "bob@", { user: "bob" }],
    ["[]a]+", "]a]", "]a]"],
    ["[^]a]+", "b]", "b"],
    ["[a\\-z]+", "a-z", "a-z"],
    ["[\\w.-]+", "a.b-c!", "a.b-c"],
    ["\\Aab\\Z", "ab", "ab"],
    ["\\x41\\u0042\\103", "ABC", "ABC"],
    ["\\x41\\u0042\\0", "AB\0", "AB\0"],
    ["a{,2}b", "aab", "aab"],
    ["a{2}{", "aa{", "aa{"],
    ["a++ab", "aaab", undefined],
    ["(?>a|ab)c", "abc", undefined],
    ["(?:(?i)abc)d", "ABCd", "ABCd"],
    ["((?i)abc)d", "ABCD", undefined],
    ["(?i:straße)", "STRAßE", "STRAßE"],
    ["(?x) a b # a comment\n c", "abc", "abc"],
    ["(?s)a.b", "a\nb", "a\nb"],
    ["a.b", "a\rb", "a\rb"],
    ["a.b", "a\nb", undefined],
    ["(?P<q>[\"'])x(?P=q)", "'x'", "'x'", { q: "'" }],
    ["(?#nothing)a", "a", "a"],
  ],
  "the end is also before a newline, and carriage returns end nothing": [
    ["a$", "a\n", "a"],
    ["a$", "a\nb", undefined],
    ["a$", "a\rb", undefined],
    ["a$", "a\r\n", undefined],
    ["^b", "a\rb", undefined],
    ["a\\s$", "a\n", "a\n"],
    ["a\\Z", "a\n", undefined],
  ],
  "letters and digits are those of all scripts": [
    ["\\w+", "Müller", "Müller"],
    ["\\W+", "ü-ü", "-"],
    ["\\d+", "٣٤", "٣٤"],
    ["[^\\W\\d]+", "é1", "é"],
    ["\\bé\\b", " é ", "é"],
    ["\\s", "\u00a0", "\u00a0"],
    ["\\s", "\x1c", "\x1c"],
  ],
  "what comes later depends on which groups have taken part": [
    ["^(?P<a>x)?(?(a)y|z)$", "xy", "xy", { a: "x" }],
    ["^(?P<a>x)?(?(a)y|z)$", "z", "z"],
    ["^(?P<a>x)?(?(a)y|z)$", "xz", undefined],
    ["(?:(?P<a>x)|q)(?(a)y)", "xy", "xy", { a: "x" }],
    ["(?:(?P<a>x)|q)(?(a)y)!", "q!", "q!"],
    ["(<)?\\w+(?(1)>|$)", "<a>", "<a>"],
    ["(?P<u>(?P<c>\\S+)|.*?) from(?(c): |$)", "a from: ", "a from: ", { u: "a", c: "a" }],
    ["^(?P<u>(?P<c>\\S+)|.*?) from(?(c): |$)", "a b from", "a b from", { u: "a b" }],
  ],
};

for (const [says, list] of Object.entries(cases))
  describe(says, () => {
    for (const [expression, text, matched, groups = {}] of list)
      test(`${expression} in ${JSON.stringify(text)}`, () => {
        const match = compile(expression).search(text);
        assert.equal(match?.[0], matched);
        assert.deepEqual(
          Object.fromEntries(Object.entries(match?.groups ?? {}).filter(([, value]) => value !== undefined)),
          groups,
        );
      });
  });

describe("what Python refuses is refused, with its place", () => {
  for (const [expression, at, why] of [
    ["a(b", 1, /not closed/],
    ["ab)", 2, /closes nothing/],
    ["a[b", 1, /not closed/],
    ["*a", 0, /repeated/],
    ["a**", 2, /twice/],
    ["\\q", 0, /means nothing/],
    ["(?P<a>x)(?P<a>y)", 14, /two groups/],
    ["(?P=b)", 5, /no group/],
    ["a{3,2}", 1, /larger/],
    ["(?<x", 0, /means nothing/],
    ["a\\", 2, /backslash/],
  ] as const)
    test(expression, () =>
      assert.throws(
        () => compile(expression),
        (error) => error instanceof ExpressionError && why.test(error.message) && error.at === at,
      ),
    );
});

describe("needles", () => {
  for (const [expression, needles] of [
    ["^Failed \\S+ for (?:invalid )?user", ["Failed "]],
    ['\\S+ \\[\\] "POST /login', ["/login"]],
    ["GET|POST", ["GET", "POST"]],
    ["\\d+", undefined],
    ["(?:abc)?x+", undefined],
    ["(?i)abc", undefined],
    ["(?:error|errors) 12", ["error"]],
  ] as const)
    test(expression, () => assert.deepEqual(compile(expression).needles, needles));

  test("whatever an expression matches has one of its needles in it", () => {
    const word = fc.stringMatching(/^[ab ]{1,3}$/);
    const node = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        word,
        fc.constantFrom("\\w", ".", "[ab]", "\\b"),
        fc.tuple(tie("node"), tie("node")).map(([one, other]) => one + other),
        fc.tuple(tie("node"), tie("node")).map(([one, other]) => `(?:${one}|${other})`),
        fc
          .tuple(tie("node"), fc.constantFrom("?", "*", "+", "{2}", "{1,3}?"))
          .map(([one, times]) => `(?:${one})${times}`),
      ),
    })).node;
    fc.assert(
      fc.property(node, fc.stringMatching(/^[abc ]{0,12}$/), (expression, text) => {
        const compiled = compile(expression);
        const [matched] = compiled.search(text) ?? [];
        if (matched !== undefined && compiled.needles)
          assert.ok(compiled.needles.some((needle) => matched.includes(needle)));
      }),
      { numRuns: 2_000 },
    );
  });
});

test("no text makes it throw anything but what it says of an expression", () => {
  const bits = fc.constantFrom(
    "(",
    ")",
    "?",
    "P<a>",
    "[",
    "]",
    "^",
    "$",
    "|",
    "*",
    "{1,2}",
    "\\",
    "d",
    ":",
    "=",
    "!",
    "<",
    "(?(1)",
    "a",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(bits, fc.string({ maxLength: 3 })), { maxLength: 14 }), (parts) => {
      try {
        compile(parts.join("")).search("aab 12");
      } catch (error) {
        assert.ok(error instanceof ExpressionError, String(error));
      }
    }),
    { numRuns: 5_000 },
  );
});
