import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { adoptZone, authorityIn, recordsIn, releaseZone } from "./zone-file.ts";

const zone = `$TTL 1h
@\tIN SOA ns1.example.com. hostmaster (
\t\t2026112101 ; serial
\t\t1d 2h 4w 1h )
\tIN NS ns1
@\t300 IN A 192.0.2.10 ; the old one
\tIN A 192.0.2.11
\tIN MX 10 mail
\tIN TXT "v=spf1 ; not a comment" (
\t"two" )
www\tCNAME @
ns1\tA 192.0.2.53
*\tAAAA 2001:db8::10
$ORIGIN sub.example.com.
a\tA 192.0.2.99
`;
const pools = [{ records: ["@", "*"], file: "/etc/bind/upkeep/example.com/www/records" }];
const soa = "/etc/bind/upkeep/example.com/soa";

describe("a zone's file", () => {
  test("is read with owners, parentheses, quotes and comments", () => {
    assert.deepEqual(
      recordsIn(zone, "example.com").map(({ owner, type, first, last }) => [owner, type, first, last]),
      [
        ["example.com", "SOA", 1, 3],
        ["example.com", "NS", 4, 4],
        ["example.com", "A", 5, 5],
        ["example.com", "A", 6, 6],
        ["example.com", "MX", 7, 7],
        ["example.com", "TXT", 8, 9],
        ["www.example.com", "CNAME", 10, 10],
        ["ns1.example.com", "A", 11, 11],
        ["*.example.com", "AAAA", 12, 12],
        ["a.sub.example.com", "A", 14, 14],
      ],
    );
  });

  test("has an authority, which can have another serial", () => {
    const authority = authorityIn(zone, "example.com")!;
    assert.equal(authority.serial, 2026112101);
    assert.equal(authority.with(7), "example.com. IN SOA ns1.example.com. hostmaster.example.com. 7 1d 2h 4w 1h\n");
  });

  test("gets our lines in place of its SOA and of the pool's addresses, and nothing else changes", () => {
    const adopted = adoptZone(zone, "example.com", { soa, pools })!;
    assert.deepEqual(adopted.split("\n").slice(0, 13), [
      "$TTL 1h",
      `$INCLUDE "${soa}" ; Upkeep`,
      `$INCLUDE "${pools[0]!.file}" ; Upkeep`,
      ";Upkeep: @\tIN SOA ns1.example.com. hostmaster (",
      ";Upkeep: \t\t2026112101 ; serial",
      ";Upkeep: \t\t1d 2h 4w 1h )",
      "example.com. IN NS ns1 ; Upkeep",
      "\tIN NS ns1",
      ";Upkeep: @\t300 IN A 192.0.2.10 ; the old one",
      ";Upkeep: \tIN A 192.0.2.11",
      "example.com. IN MX 10 mail ; Upkeep",
      "\tIN MX 10 mail",
      '\tIN TXT "v=spf1 ; not a comment" (',
    ]);
    assert.match(adopted, /^ns1\tA 192\.0\.2\.53$/m);
    assert.match(adopted, /^;Upkeep: \*\tAAAA/m);
    assert.equal(adoptZone(adopted, "example.com", { soa, pools }), adopted, "again changes nothing");
    assert.equal(releaseZone(adopted), zone);
  });

  test("without an SOA that can be read is not touched", () => {
    assert.equal(adoptZone("@ A 192.0.2.1\n", "example.com", { soa, pools }), undefined);
  });

  test("comes back as it was, whatever stands in it", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom(
              ...zone.split("\n"),
              "; only a comment",
              "",
              "@ A 192.0.2.7",
              " A 192.0.2.8",
              "@ SOA ( a b 5 6 7 8 9 )",
            ),
            fc.stringMatching(/^[ -~]{0,20}$/),
          ),
        ),
        (lines) => {
          const text = lines.join("\n");
          const adopted = adoptZone(text, "example.com", { soa, pools });
          if (adopted !== undefined && releaseZone(text) === text) assert.equal(releaseZone(adopted), text);
        },
      ),
    ));
});
