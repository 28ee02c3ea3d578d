import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { primaryZones } from "./named-conf.ts";

describe("the zones that a name server has", () => {
  test("are found whatever stands around them", () => {
    const text = `// comment { zone
      options { directory "/var/lib/zones"; /* } */ listen-on { any; }; };
      zone "example.com" { type master; file "db.example.com"; };
      zone Example.ORG. { type primary; file "/etc/bind/db.org"; allow-update { key "x"; }; };
      # zone "no" { type master; file "x"; };
      zone "none.example" in { type master; file "f"; allow-update { none; }; };
      zone "far" { type slave; masters { 192.0.2.1; }; file "far"; };
      view "inside" { match-clients { 10.0.0.0/8; }; zone "in.example" { type master; file "i"; update-policy local; }; };`;
    assert.deepEqual(
      primaryZones([text]).map(({ name, file, isDynamic }) => [name, file, isDynamic]),
      [
        ["example.com", "/var/lib/zones/db.example.com", false],
        ["example.org", "/etc/bind/db.org", true],
        ["none.example", "/var/lib/zones/f", false],
        ["in.example", "/var/lib/zones/i", true],
      ],
    );
  });

  test("are looked for in anything without an end", () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom("{", "}", ";", '"', "zone", "view", "//", "/*"), fc.string())),
        (parts) => {
          primaryZones([parts.join(" ")]);
        },
      ),
    ));
});
