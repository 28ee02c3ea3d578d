import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { lastWordsOf } from "./last-words.ts";

describe("a program's last words", () => {
  for (const [title, output, words] of [
    ["of one that said nothing", "\n", ""],
    [
      "its last line",
      "begins\nsetpriv: setresuid failed: Operation not permitted\n",
      "setpriv: setresuid failed: Operation not permitted",
    ],
    [
      "of an uncaught error, what it was and not where",
      "begins\n/opt/upkeep/src/a.ts:12\n    throw new Error();\n          ^\n\nError: unable to open database file\n    at openDatabase (file:///a.ts:1:2)\n    at node:internal {\n  code: 'ERR_SQLITE_ERROR',\n  errcode: 14\n}\n\nNode.js v24.1.0\n",
      "Error: unable to open database file",
    ],
    [
      "of a command of ours, its error",
      "upkeep: database or disk is full\nThis is not your fault. UPKEEP_DEBUG=1 shows where it happened.\n",
      "upkeep: database or disk is full",
    ],
    ["without what moves a cursor", "ends \u001b[2Jhere\n", "ends ?[2Jhere"],
    ["not longer than a person reads", "x".repeat(1_000), "x".repeat(300)],
  ] as const)
    test(title, () => assert.equal(lastWordsOf(output), words));
});
