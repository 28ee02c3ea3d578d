import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { jailConfigSchema } from "../../model/jail.ts";
import { defaultSettings } from "../../model/settings.ts";
import { openMatcher } from "../../watches/jail/filter/matcher.ts";
import { readOwnFilter } from "../../watches/jail/filter/own.ts";
import { openScanner } from "../../watches/jail/scan.ts";
import { declare } from "../declare.ts";
import { bareHost } from "../facts.fixture.ts";
import { jailKind } from "./jail.ts";
import { readyJails } from "./ready.ts";

const now = Date.UTC(2026, 10, 22, 11);

describe("a jail renders to what the watch reads", () => {
  const cases = join(import.meta.dirname, "cases");
  for (const file of readdirSync(cases).filter((name) => name.endsWith(".yaml")))
    test(file.replace(".yaml", "").replaceAll("-", " "), () => {
      const { declared, problems } = declare(
        [{ file, text: readFileSync(join(cases, file), "utf8") }],
        defaultSettings,
      );
      assert.deepEqual(problems, []);
      const { items } = jailKind.render(declared[0]!.resource, {
        ...bareHost,
        init: "systemd",
        serving: ["apache2", "nginx"],
      });
      const files = items.flatMap((item) => (item.type === "file" ? [item] : []));
      jailConfigSchema.parse(JSON.parse(files.at(-1)!.content));
      const text = files.map(({ path, content }) => `==> ${path}\n${content}`).join("\n");
      const golden = join(cases, file.replace(".yaml", ".golden"));
      if (process.env.UPDATE_GOLDEN) writeFileSync(golden, text);
      assert.equal(text, readFileSync(golden, "utf8"));
    });
});

describe("what is no jail is refused, in words", () => {
  for (const [yaml, message] of [
    ["name: mine", /spec\.filter: say what to look for; only these jails/],
    ["name: mine\nspec: {filter: sshd}", /spec\.logs: say where to look/],
    ["name: sshd\nspec: {logs: [/a], journal: [_COMM=sshd]}", /spec\.journal: say either/],
    ["name: sshd\nspec: {banTime: 2w}", /spec\.longest: is shorter than banTime/],
    ["name: sshd\nspec: {findTime: soon}", /spec\.findTime: must be a time like/],
    ["name: sshd\nspec: {logs: [../x]}", /spec\.logs\.0: must be an absolute path/],
    ["name: sshd\nspec: {allow: [no_name]}", /spec\.allow\.0: must be an address, a network or a name/],
    ["name: recidive\nspec: {refuse: {sites: all}}", /spec\.refuse: is for jails that read/],
    ["name: scan\nspec: {refuse: {sites: [a_b]}}", /spec\.refuse\.sites/],
    ["name: scan\nspec: {syslog: '0.0.0.0:514'}", /spec\.syslog: must be an address of this machine and a port/],
    ["name: Big", /is no name for a jail/],
  ] as const)
    test(yaml.replaceAll("\n", " "), () => {
      const { problems } = declare([{ file: "a.yaml", text: `kind: Jail\n${yaml}\n` }], defaultSettings);
      assert.match(problems.map((problem) => problem.message).join("\n"), message);
    });
});

describe("a ready-made jail finds these, and no others", () => {
  const logs = join(import.meta.dirname, "ready");
  for (const file of readdirSync(logs)) {
    const name = basename(file, ".txt");
    const jail = readyJails[name]!;
    test(name, () => {
      const lines = readFileSync(join(logs, file), "utf8").trimEnd().split("\n").slice(1);
      const definition = readOwnFilter(jail.filter, name);
      const isJournal = jail.journal !== undefined;
      const matcher = openMatcher(definition, { now: () => now });
      for (let index = 0; index < lines.length; index += 2) {
        const [wanted = "", line = ""] = lines.slice(index, index + 2);
        const verdict = matcher.judge({ text: line, ...(isJournal && { moment: now }) });
        const found =
          verdict.is === "failure" ? [verdict.failure.id, verdict.failure.user].filter(Boolean).join(" ") : "-";
        assert.equal(found, wanted.replace(/^# /, ""), line);
        if (verdict.is === "failure" && !isJournal) assert.ok(verdict.failure.moment, `no time in: ${line}`);
        // Where there is no journal, the same stands in a log.
        if (isJournal)
          for (const date of ["Nov 22 10:59:58", "2026-11-22T10:59:58.123456+00:00"])
            assert.equal(matcher.judge({ text: `${date} ${line}` }).is, verdict.is, `${date} ${line}`);
      }
    });

    test(`${name}: a line without anything of it is never looked at`, () => {
      const lines = readFileSync(join(logs, file), "utf8").trimEnd().split("\n");
      const matcher = openMatcher(readOwnFilter(jail.filter, name), { now: () => now });
      const direct = lines.map((text) => matcher.judge({ text }).is);
      const found = lines.map(() => "unknown");
      const scanner = openScanner(openMatcher(readOwnFilter(jail.filter, name), { now: () => now }), (known) => {
        found[known.number - 1] = known.verdict!.is;
      });
      scanner.write(Buffer.from(`${lines.join("\n")}\n`));
      assert.deepEqual(found, direct);
    });
  }

  test("each has a log", () =>
    assert.deepEqual(
      Object.keys(readyJails).sort(),
      readdirSync(logs)
        .map((file) => basename(file, ".txt"))
        .sort(),
    ));
});
