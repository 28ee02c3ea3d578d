import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { dump } from "js-yaml";
import { type Path, placeOf, readDocuments } from "./documents.ts";

const source = (text: string) => ({ file: "a.yaml", text });

describe("a place in a document is the value's own, or the nearest that there is", () => {
  const text = `# two sites
kind: Site
name: "one.example.com"
spec:
  aliases: [a.example.com, 'b.example.com']
  headers:
    X-One: 1
  custom:
    - |
      a
      b
  user:
---
{"kind": "Site", "name": "two.example.com", "spec": {"root": "x"}}
`;
  const cases: readonly [document: number, path: Path, at: "key" | "value", place: string][] = [
    [0, ["name"], "value", "3:7"],
    [0, ["name"], "key", "3:1"],
    [0, ["spec", "aliases", 1], "value", "5:28"],
    [0, ["spec", "headers", "X-One"], "value", "7:12"],
    [0, ["spec", "headers", "X-One"], "key", "7:5"],
    [0, ["spec", "user"], "value", "12:3"],
    [0, ["spec", "missing"], "value", "5:3"],
    [0, ["spec", "aliases", 7], "value", "5:12"],
    [0, [], "value", "2:1"],
    [1, ["name"], "value", "14:26"],
    [1, ["spec", "root"], "value", "14:62"],
  ];
  const { documents } = readDocuments(source(text));
  for (const [document, path, at, expected] of cases)
    test(`${document}: ${path.join(".") || "(all)"} (${at})`, () => {
      const { line, column } = placeOf(documents[document]!, path, at);
      assert.equal(`${line}:${column}`, expected);
    });
});

test("a broken document does not hide the others, and each says where it breaks", () => {
  const { documents, problems } = readDocuments(source("a: 1\n---\nb: [\n---\nc: 3\n--- # here\nd: 1\nd: 2\n"));
  assert.deepEqual(
    documents.map(({ value }) => value),
    [{ a: 1 }, { c: 3 }],
  );
  assert.deepEqual(
    problems.map(({ place }) => place?.line),
    [4, 8],
  );
});

test("a text that multiplies itself is refused", () => {
  const text = `a: &a [1]\nb: [${Array.from({ length: 101 }, () => "*a").join(", ")}]\n`;
  const { problems } = readDocuments(source(text));
  assert.match(problems[0]?.message ?? "", /alias/);
});

test("whatever is written as YAML is read as it was, and every value has a place", () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 }), { minLength: 1 }),
      (values) => {
        const text = values.map((value) => dump(value, { noRefs: true })).join("---\n");
        const { documents, problems } = readDocuments(source(text));
        assert.deepEqual(problems, []);
        assert.equal(JSON.stringify(documents.map(({ value }) => value)), JSON.stringify(values));
        for (const [index, value] of values.entries())
          for (const key of Object.keys(value)) {
            const place = placeOf(documents[index]!, [key]);
            assert.equal(text.split("\n")[place.line - 1]?.trimEnd(), place.text);
          }
      },
    ),
  );
});

test("no text makes it throw", () => {
  const pieces = fc.constantFrom(
    "a: ",
    "- ",
    "\n",
    "  ",
    "---\n",
    "...\n",
    "[",
    "]",
    "{",
    "}",
    "&x ",
    "*x",
    "!t ",
    "|\n",
    "'",
    '"',
    ":",
    "#",
    "%YAML 1.2\n",
    "é",
    "\t",
    "\u0000",
    "? ",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string())), (parts) => {
      const { documents } = readDocuments(source(parts.join("")));
      for (const document of documents) placeOf(document, ["a", 0, "b"]);
    }),
  );
});
