import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { load } from "js-yaml";
import { formatProblem } from "../../model/problem.ts";
import { defaultSettings } from "../../model/settings.ts";
import { declare } from "../declare.ts";
import { bareHost } from "../facts.fixture.ts";
import { withoutDefaults } from "../spec.ts";
import { hostName, userFor } from "./names.ts";
import { siteKind } from "./site.ts";

const cases = join(import.meta.dirname, "cases");

describe("a site renders to these files", () => {
  for (const file of readdirSync(cases).filter((name) => name.endsWith(".yaml"))) {
    for (const server of ["apache2", "nginx"] as const) {
      test(`${file.replace(".yaml", "").replaceAll("-", " ")} (${server})`, () => {
        const { declared, problems } = declare(
          [{ file, text: readFileSync(join(cases, file), "utf8") }],
          defaultSettings,
        );
        assert.deepEqual(problems, []);
        const { items } = siteKind.render(declared[0]!.resource, { ...bareHost, webServer: server });
        const text = items
          .flatMap((item) => (item.type === "file" ? [`==> ${item.path}\n${item.content}`] : []))
          .join("");
        const golden = join(cases, file.replace(".yaml", `.${server}.golden`));
        if (process.env.UPDATE_GOLDEN) writeFileSync(golden, text);
        assert.ok(existsSync(golden), "no golden file; UPDATE_GOLDEN=1 writes it");
        assert.equal(text, readFileSync(golden, "utf8"));
      });
    }
  }
});

describe("bad input is refused with a place and a way out", () => {
  const refused = load(readFileSync(join(import.meta.dirname, "refused/cases.yaml"), "utf8")) as {
    says: string;
    at: string;
    input: string;
  }[];
  for (const { says, at, input } of refused) {
    test(says, () => {
      const { problems } = declare([{ file: "input.yaml", text: input }], defaultSettings);
      const texts = problems.map(formatProblem);
      const found = texts.find((text) => text.includes(says));
      assert.ok(found, `no problem says so: ${texts.join("\n")}`);
      assert.equal(found.split(": ")[0], `input.yaml:${at}`, found);
      assert.match(found, /\n {2}\s*\d+ \| .*\n {2}\s*\| \s*\^/);
    });
  }

  test("all problems at once, not only the first", () => {
    const { problems } = declare(
      [{ file: "a.yaml", text: "kind: Site\nname: a..b\nspec: {cgi: 1, root: ../x, nope: 2}\n" }],
      defaultSettings,
    );
    assert.equal(problems.length, 4);
  });
});

describe("names", () => {
  test("a host name is stored as its A-label, and storing it again changes nothing", () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.string(), fc.string({ unit: "grapheme" })), (written) => {
        const result = hostName(written);
        if ("problem" in result) return;
        assert.match(result.name, /^[a-z0-9.-]{3,253}$/);
        assert.deepEqual(hostName(result.name), result);
      }),
      { numRuns: 5000 },
    );
    assert.deepEqual(hostName("münchen.example"), { name: "xn--mnchen-3ya.example" });
  });

  test("two sites never share an account that was derived for them", () => {
    const users = new Map<string, string>();
    fc.assert(
      fc.property(fc.domain(), (name) => {
        const user = userFor(name.toLowerCase());
        assert.match(user, /^[a-z_][a-z0-9_-]{0,31}$/);
        assert.equal(users.get(user) ?? name.toLowerCase(), name.toLowerCase());
        users.set(user, name.toLowerCase());
      }),
      { numRuns: 5000 },
    );
    assert.notEqual(userFor("a.b-c.com"), userFor("a-b.c.com"));
  });
});

test("a spec without its defaults parses to the same spec", () => {
  for (const file of readdirSync(cases).filter((name) => name.endsWith(".yaml"))) {
    const { declared } = declare([{ file, text: readFileSync(join(cases, file), "utf8") }], defaultSettings);
    const { spec } = declared[0]!.resource;
    assert.deepEqual(siteKind.spec.parse(withoutDefaults(siteKind, spec)), spec, file);
  }
});
