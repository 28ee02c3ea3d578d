import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { liveEventSchema, type Report, reportSchema } from "./report.ts";

const report = (message: string): Report => ({
  number: 1,
  conditions: [{ ref: "Site/a.example.com", state: "Failed", message, at: 0, sequence: 1, revision: 1 }],
});

describe("what a host says", () => {
  test("is taken as it is", () => {
    const said = report("AH00526: Syntax error\n\ton line 3");
    assert.deepEqual(reportSchema.parse(said), said);
  });

  test("moves no cursor, whatever it is", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (message) => {
        const [condition] = reportSchema.parse(report(message)).conditions;
        assert.doesNotMatch(condition!.message, /[^\P{Cc}\t\n]/u);
      }),
    ));

  test("is refused when it is something else, and never more than that", () =>
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        for (const schema of [reportSchema, liveEventSchema]) assert.equal(schema.safeParse(anything).success, false);
      }),
    ));
});
