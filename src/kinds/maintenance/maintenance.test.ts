import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Facts } from "../../model/facts.ts";
import { defaultSettings } from "../../model/settings.ts";
import { fillPage } from "../../pages/fill.ts";
import { declare } from "../declare.ts";
import { bareHost } from "../facts.fixture.ts";
import { withoutDefaults } from "../spec.ts";
import { canonicalNetwork } from "../values.ts";
import { identifierOf } from "./layout.ts";
import { maintenanceKind } from "./maintenance.ts";
import { moment } from "./moment.ts";
import { networkPattern, patternProblem } from "./network-pattern.ts";
import { isOn, nextMove } from "./window.ts";

const cases = join(import.meta.dirname, "cases");
const names = readdirSync(cases).filter((name) => name.endsWith(".yaml"));
const servers = ["apache", "nginx", "varnish", "lighttpd", "haproxy", "caddy"] as const;

/** A host with all servers, each with the sites that the cases name. */
const host: Facts = {
  ...bareHost,
  packages: new Map(["apache2", ...servers].map((name) => [name, "1"])),
  foreign: new Map([
    [
      "/etc/apache2/sites-available/own",
      "<VirtualHost *:80>\nServerName shop.example.com\nServerAlias a.example.org\n</VirtualHost>\n",
    ],
    ["/etc/nginx/sites-available/own", "server {\n  server_name shop.example.com *.example.org;\n}\n"],
    ["/etc/caddy/Caddyfile", "shop.example.com, *.example.org {\n\trespond hi\n}\n"],
    [
      "/etc/haproxy/haproxy.cfg",
      "global\n\tchroot /var/lib/haproxy\ndefaults\n\tmode http\nfrontend www\n\tbind :80\n",
    ],
    ["/etc/varnish/default.vcl", "vcl 4.1;\n"],
  ]),
};

const declared = (file: string, server?: string) => {
  const text = readFileSync(join(cases, file), "utf8");
  const stated = server && !text.includes("mode:") ? `${text.trimEnd()}\n  server: ${server}\n` : text;
  const { declared: found, problems } = declare([{ file, text: stated }], defaultSettings);
  assert.deepEqual(problems, []);
  return found[0]!.resource;
};

describe("a maintenance renders to these files", () => {
  for (const file of names) {
    for (const server of file.startsWith("redirect") ? (["apache"] as const) : servers) {
      test(`${file.replace(".yaml", "").replaceAll("-", " ")} (${server})`, () => {
        const { items, refused } = maintenanceKind.render(declared(file, server), host);
        assert.equal(refused, undefined);
        const text = items
          .map((item) => {
            if (item.type === "link") return `==> ${item.path} -> ${item.target}\n`;
            // Pages have tests of their own.
            return item.type === "file"
              ? `==> ${item.path}\n${/answer.*html/.test(item.path) ? "..." : item.content}\n`
              : "";
          })
          .join("");
        const golden = join(cases, file.replace(".yaml", `.${server}.golden`));
        if (process.env.UPDATE_GOLDEN) writeFileSync(golden, text);
        assert.ok(existsSync(golden), "no golden file; UPDATE_GOLDEN=1 writes it");
        assert.equal(text, readFileSync(golden, "utf8"));
      });
    }
  }

  test("one that moves to another server leaves no file where the other wants something else", () => {
    const types = new Map<string, string>();
    for (const server of servers)
      for (const item of maintenanceKind.render(declared("one-site.yaml", server), host).items) {
        if (!("path" in item)) continue;
        assert.equal(types.get(item.path) ?? item.type, item.type, `${item.path}, for ${server}`);
        types.set(item.path, item.type);
      }
  });

  test("a spec without its defaults parses to the same spec", () => {
    for (const file of names) {
      const { spec } = declared(file);
      assert.deepEqual(maintenanceKind.spec.parse(withoutDefaults(maintenanceKind, spec)), spec, file);
    }
  });
});

describe("windows", () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour)).toISOString();
  const time = (hour: number) => Date.UTC(2026, 0, 1, hour);
  for (const [says, window, hour, on, next] of [
    ["nothing said: off", {}, 1, false, undefined],
    ["on until someone says off", { active: true }, 1, true, undefined],
    ["before its window", { from: at(2), until: at(4) }, 1, false, 2],
    ["in its window", { from: at(2), until: at(4) }, 2, true, 4],
    ["after its window", { from: at(2), until: at(4) }, 4, false, undefined],
    ["a window that was called off", { active: false, from: at(2), until: at(4) }, 3, false, undefined],
    ["on now, with an end", { active: true, until: at(4) }, 3, true, 4],
    ["a beginning alone", { from: at(2) }, 1, false, 2],
  ] as const)
    test(says, () => {
      assert.equal(isOn(window, time(hour)), on);
      assert.equal(nextMove(window, time(hour)), next === undefined ? undefined : time(next));
    });

  test("between two moves a switch stays as it is", () => {
    const when = fc.option(
      fc.integer({ min: 0, max: 1000 }).map((n) => new Date(n).toISOString()),
      { nil: undefined },
    );
    fc.assert(
      fc.property(
        when,
        when,
        fc.option(fc.boolean(), { nil: undefined }),
        fc.integer({ min: 0, max: 1000 }),
        (from, until, active, now) => {
          const window = { ...(from && { from }), ...(until && { until }), ...(active !== undefined && { active }) };
          const next = nextMove(window, now);
          const end = next ?? 1001;
          for (let each = now; each < end; each += 37) assert.equal(isOn(window, each), isOn(window, now));
          if (next !== undefined) assert.notEqual(isOn(window, next), isOn(window, now));
        },
      ),
    );
  });

  test("times are told with and without a zone", () => {
    assert.deepEqual(moment("2026-11-21 22:00 Europe/Berlin"), { at: "2026-11-21T22:00:00+01:00" });
    assert.deepEqual(moment("2026-07-21T22:00 Europe/Berlin"), { at: "2026-07-21T22:00:00+02:00" });
    assert.deepEqual(moment("2026-11-21T21:00Z"), { at: "2026-11-21T21:00Z" });
    // Put back at three: the first of two. Put forward at two: moved on.
    assert.deepEqual(moment("2026-10-25 02:30 Europe/Berlin"), { at: "2026-10-25T02:30:00+02:00" });
    assert.deepEqual(moment("2026-03-29 02:30 Europe/Berlin"), { at: "2026-03-29T03:30:00+02:00" });
    for (const wrong of ["tomorrow", "2026-13-01 10:00", "2026-02-30 10:00", "2026-01-01 10:00 Nowhere/Land", "10:00"])
      assert.ok("problem" in moment(wrong), wrong);
    const again = moment("2026-11-21 22:00 Europe/Berlin");
    assert.ok("at" in again);
    assert.deepEqual(moment(again.at), again, "what is stored is not changed again");
  });
});

describe("addresses", () => {
  const ipv4 = fc.ipV4();
  const number = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

  test("a network is told by its own first address", () => {
    assert.equal(canonicalNetwork("192.0.2.7/24"), "192.0.2.0/24");
    assert.equal(canonicalNetwork("2001:DB8:0:0:0:0:0:1"), "2001:db8::1/128");
    assert.equal(canonicalNetwork("2001:db8:ffff::/33"), "2001:db8:8000::/33");
    assert.equal(canonicalNetwork("::/0"), "::/0");
    fc.assert(
      fc.property(ipv4, fc.integer({ min: 0, max: 32 }), (address, length) => {
        const network = canonicalNetwork(`${address}/${length}`);
        assert.equal(canonicalNetwork(network), network);
      }),
    );
  });

  test("the pattern of an IPv4 network matches its addresses and no others", () => {
    fc.assert(
      fc.property(ipv4, ipv4, fc.integer({ min: 0, max: 32 }), (one, other, length) => {
        const pattern = new RegExp(`^(?:${networkPattern(canonicalNetwork(`${one}/${length}`))})$`);
        const size = 2 ** (32 - length);
        assert.equal(pattern.test(one), true);
        assert.equal(
          pattern.test(other),
          Math.floor(number(one) / size) === Math.floor(number(other) / size),
          `${one}/${length} ${other}`,
        );
      }),
      { numRuns: 500 },
    );
  });

  test("of IPv6 networks, those that cannot be told from text are refused", () => {
    for (const [network, can] of [
      ["2001:db8::/32", true],
      ["2001:db8::1/128", true],
      ["2001:db8::/33", false],
      ["2001:db8::/48", false],
      ["::/0", false],
      ["2001:db8:5::/48", true],
    ] as const)
      assert.equal(patternProblem(network) === undefined, can, network);
    const pattern = new RegExp(`^(?:${networkPattern("2001:db8::/32")})$`);
    assert.deepEqual(
      ["2001:db8::7", "2001:db8:1:2:3:4:5:6", "2001:db80::1", "2001:db9::1"].map((each) => pattern.test(each)),
      [true, true, false, false],
    );
  });
});

test("words never become markup, and never more than words", () => {
  const page =
    "<title>t</title><main><!--upkeep:message-->old<!--/upkeep:message--><!--upkeep:until--><!--/upkeep:until--></main>";
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (message) => {
      const filled = fillPage(page, { title: message, message, until: new Date(0) });
      assert.equal(filled.match(/<[a-z!/]/g)!.length, page.match(/<[a-z!/]/g)!.length - 2);
      assert.ok(filled.includes("January 1, 1970"));
    }),
  );
});

test("two maintenances never share a variable", () => {
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,30}$/), (name) => {
      const id = identifierOf(name);
      assert.match(id, /^[a-z0-9_]+$/);
      assert.equal(seen.get(id) ?? name, name);
      seen.set(id, name);
    }),
  );
});
