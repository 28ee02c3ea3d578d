import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Figures, metricsOf } from "./figures.ts";
import { exposition } from "./metrics.ts";

const figures: Figures = {
  version: "1.2.3",
  generation: 7,
  conditions: { Applied: 12, Failed: 1 },
  bans: { sshd: 3, "": 1 },
  pools: [
    {
      pool: "www.example.com",
      address: "192.0.2.10",
      isUp: false,
      since: 1_795_000_000_000,
      votes: [0, 1],
      isPublished: true,
      certificateEnds: 1_795_000_500_000,
    },
  ],
  latest: { banned: 1_795_000_000_500 },
};

describe("figures for a monitoring system", () => {
  const lines = exposition(metricsOf([figures])).split("\n");

  for (const line of [
    'upkeep_info{version="1.2.3"} 1',
    "upkeep_generation 7",
    'upkeep_resources{condition="Applied"} 12',
    'upkeep_resources{condition="Pending"} 0',
    'upkeep_bans{jail="by hand"} 1',
    'upkeep_pool_address_up{pool="www.example.com",address="192.0.2.10"} 0',
    'upkeep_pool_address_published{pool="www.example.com",address="192.0.2.10"} 1',
    'upkeep_pool_address_certificate_end_timestamp_seconds{pool="www.example.com",address="192.0.2.10"} 1795000500',
    'upkeep_last_event_timestamp_seconds{event="banned"} 1795000000.5',
  ])
    test(line, () => assert.ok(lines.includes(line), lines.join("\n")));

  test("say of which host they are, where there are several, under one heading", () => {
    const text = exposition(
      metricsOf([
        { ...figures, host: "web1" },
        { ...figures, host: "web2" },
      ]),
    );
    assert.match(text, /^upkeep_generation\{host="web1"\} 7\nupkeep_generation\{host="web2"\} 7$/m);
    assert.equal(text.match(/# TYPE upkeep_generation gauge/g)?.length, 1);
  });

  test("hold whatever stands in a label, on one line, as it was", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const text = exposition([{ name: "a", help: "b", samples: [{ labels: { c: value }, value: 1 }] }]);
        const [, written = ""] = /^# HELP a b\n# TYPE a gauge\na\{c="((?:[^"\\\n]|\\["\\n])*)"\} 1\n$/.exec(text) ?? [];
        const read = written.replaceAll(/\\(.)/g, (_, sign: string) => (sign === "n" ? "\n" : sign));
        assert.equal(read, value);
      }),
    ));
});
