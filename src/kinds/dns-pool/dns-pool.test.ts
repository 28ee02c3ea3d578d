import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { bind } from "../../daemons/bind/bind.ts";
import type { Facts } from "../../model/facts.ts";
import { poolConfigSchema } from "../../model/pool.ts";
import { defaultSettings } from "../../model/settings.ts";
import { declare } from "../declare.ts";
import { bareHost } from "../facts.fixture.ts";
import { dnsPoolKind } from "./dns-pool.ts";

const zone = `$TTL 1h
@ SOA ns1 hostmaster 2026112101 1d 2h 4w 1h
  NS ns1
@ A 203.0.113.1
  MX 10 mail
`;
const host = (more: Partial<Facts> = {}): Facts => ({
  ...bareHost,
  init: "systemd",
  zones: new Map([["example.com", { file: "/etc/bind/db.example.com", text: zone, isDynamic: false }]]),
  ...more,
});
const resourceOf = (text: string) => {
  const { declared, problems } = declare([{ file: "a.yaml", text }], defaultSettings);
  assert.deepEqual(problems, []);
  return declared[0]!.resource;
};

describe("a pool becomes these files", () => {
  const cases = join(import.meta.dirname, "cases");
  for (const file of readdirSync(cases).filter((name) => name.endsWith(".yaml")))
    test(basename(file, ".yaml").replaceAll("-", " "), () => {
      const { items, needs, refused } = dnsPoolKind.render(resourceOf(readFileSync(join(cases, file), "utf8")), host());
      assert.equal(refused, undefined);
      const base = bind.base(new Map(needs.map((need) => [need, 1])), host());
      const text = [...base, ...items]
        .map((item) => {
          if (item.type === "directory")
            return Object.entries(item.seed ?? {})
              .map(([name, content]) => `==> ${item.path}/${name}\n${content}`)
              .join("");
          return item.type === "file" || item.type === "insertion" ? `==> ${item.path}\n${item.content}` : "";
        })
        .filter(Boolean)
        .join("\n");
      const config = items.find((item) => item.type === "file")!;
      poolConfigSchema.parse(JSON.parse((config as { content: string }).content));
      const golden = join(cases, file.replace(".yaml", ".golden"));
      if (process.env.UPDATE_GOLDEN) writeFileSync(golden, text);
      assert.equal(text, readFileSync(golden, "utf8"));
    });
});

const pool = (more: string, name = "www.example.com") =>
  `kind: DnsPool\nname: ${name}\nspec:\n  zone: example.com\n  addresses: [192.0.2.10, 192.0.2.11]\n${more}`;

describe("what is no pool is refused, in words", () => {
  for (const [more, says, name] of [
    ["  minUp: 3\n", /minUp: is more than there are addresses \(2\)/, undefined],
    ["  minUp: 2\n  maxUp: 1\n", /maxUp: is less than minUp/, undefined],
    ["  timeout: 1m\n", /timeout: is longer than the time between two checks \(10s\)/, undefined],
    ["  check: {ping: true}\n", /check/, undefined],
    ["  records: [a b]\n", /records\.0: must be @, \*, or a name within the zone/, undefined],
    ["", /records: say which names of example\.com have these addresses/, "pool.example.org"],
    ["", /is no name; call it as visitors do/, "www"],
    ["  publish: {update: {key: {name: k, secret: short}}}\n", /publish/, undefined],
  ] as const)
    test(`${more.trim()} ${name ?? ""}`, () => {
      const { problems } = declare([{ file: "a.yaml", text: pool(more, name) }], defaultSettings);
      assert.match(problems.map(({ message }) => message).join("\n"), says);
    });

  test("an address that is there twice, however it is written", () => {
    const text = pool("").replace("192.0.2.11", '"2001:db8::1", "2001:DB8:0::1"');
    const { problems } = declare([{ file: "a.yaml", text }], defaultSettings);
    assert.match(problems[0]!.message, /is there twice/);
  });
});

test("a ttl that is longer than the failover is spoken of before it is published", () => {
  const notes = (more: string) => dnsPoolKind.render(resourceOf(pool(more)), host()).notes;
  assert.deepEqual(notes(""), []);
  assert.match(
    notes("  ttl: 300\n")!.join(),
    /no address for longer than 33 s after it fails, but resolvers may remember it for 5 min \(ttl\)/,
  );
});

test("a check that sshd punishes is spoken of before hosts are turned away for it", () => {
  const notes = (check: string) => dnsPoolKind.render(resourceOf(pool(`  check: ${check}\n`)), host()).notes;
  assert.match(notes("{tcp: 22}")!.join(), /PerSourcePenaltyExemptList/);
  assert.deepEqual(notes("{tcp: 23}"), []);
});

describe("a host that cannot says why", () => {
  for (const [what, facts, more, says] of [
    [
      "the zone takes changes over the network",
      { zones: new Map([["example.com", { file: "/f", text: zone, isDynamic: true }]]) },
      "",
      /its file is BIND's own; say `publish: \{update: \.\.\.\}`/,
    ],
    [
      "the zone has no SOA",
      { zones: new Map([["example.com", { file: "/f", text: "@ A 192.0.2.1\n", isDynamic: false }]]) },
      "",
      /\/f has no SOA record of example\.com/,
    ],
    [
      "its owner allows no such program",
      {},
      "  check: {command: disk}\n",
      /the check disk is not allowed on this host/,
    ],
  ] as const)
    test(what, () => assert.match(dnsPoolKind.render(resourceOf(pool(more)), host(facts)).refused!, says));

  test("one without that zone only looks", () => {
    const { items, needs } = dnsPoolKind.render(resourceOf(pool("")), host({ zones: new Map() }));
    assert.deepEqual(needs, ["watches"]);
    assert.equal(items.length, 1);
  });
});
