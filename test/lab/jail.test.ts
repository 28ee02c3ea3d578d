import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { declare } from "../../src/kinds/declare.ts";
import { defaultSettings } from "../../src/model/settings.ts";
import { compile } from "../../src/watches/jail/regex/expression.ts";
import { corpus } from "./jail/corpus.ts";

// Where fail2ban's logs were written.
process.env.TZ = "Europe/Zurich";

let lab: Lab<"guarded">;
let host: TestHost;
before(async () => {
  lab = await openLab({ guarded: "none" }, { packages: "full" });
  host = lab.hosts.guarded;
});
after(() => lab.close());

describe("fail2ban's filters do what they do in fail2ban", () => {
  test("every line of its annotated logs", (context) => {
    let count = 0;
    const filters = new Set<string>();
    const problems: string[] = [];
    for (const { filter, options, place, problem, line } of corpus(host.path("/"))) {
      count++;
      filters.add(filter);
      if (problem) problems.push(`${filter} ${options} ${place}: ${problem}\n  ${line}`);
    }
    context.diagnostic(`${count - problems.length} of ${count} cases of ${filters.size} filters pass`);
    assert.deepEqual(problems, []);
    assert.ok(count > 1_500 && filters.size > 80, `${count} cases of ${filters.size} filters`);
  });

  test("every one of its jails can be one of ours", async () => {
    const { stdout, stderr } = await host.upkeep("jail", "import", "--all");
    const { declared, problems } = declare([{ file: "imported.yaml", text: stdout }], defaultSettings);
    assert.deepEqual(
      problems.map(({ message }) => message),
      [],
    );
    assert.ok(declared.length > 85, `${declared.length}`);
    assert.match(stderr, /ignorecommand/);
    host.write(
      "/etc/fail2ban/jail.d/own.local",
      "[sshd]\nmaxretry = 2\nbantime = 1d 12h\nport = ssh,2222\nignoreip = 192.0.2.1 example.com\nbantime.increment = true\nbantime.maxtime = 5w\nmode = aggressive\n",
    );
    const own = await host.upkeep("jail", "import", "--json");
    assert.deepEqual(JSON.parse(own.stdout), [
      {
        kind: "Jail",
        name: "sshd",
        spec: {
          filter: 'sshd[mode="aggressive"]',
          // fail2ban 1.1, which Debian 13 has, reads the journal.
          ...(host.release.name === "debian 12"
            ? { logs: ["/var/log/auth.log"] }
            : { journal: ["_SYSTEMD_UNIT=ssh.service", "+", "_COMM=sshd"] }),
          maxRetry: 2,
          findTime: "10m",
          banTime: "1d12h",
          growth: 2,
          longest: "5w",
          ports: [22, 2222],
          allow: ["192.0.2.1", "example.com"],
        },
      },
    ]);
  });

  test("a log is told line by line, for people and for programs", async () => {
    host.write(
      "/root/auth.log",
      "Nov 21 10:00:00 web sshd[1]: Invalid user bob from 192.0.2.1 port 22\nNov 21 10:00:01 web sshd[2]: Accepted password for anna from 192.0.2.2 port 22 ssh2\n",
    );
    const json = await host.upkeep(
      "jail",
      "test",
      "sshd[mode=aggressive]",
      "/root/auth.log",
      "--json",
      "--now",
      "2026-11-22T00:00:00Z",
    );
    const [first, second] = json.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      [first.line, first.match, first.host, first.user, first.time],
      [1, true, "192.0.2.1", "bob", "2026-11-21T10:00:00Z"],
    );
    assert.deepEqual([second.line, second.match], [2, false]);
    await host.must("gzip", "--keep", "/root/auth.log");
    const text = await host.upkeep("jail", "test", "sshd", "/root/auth.log.gz");
    assert.match(text.stdout, /192\.0\.2\.1 {2}user bob/);
    assert.match(text.stdout, /2 lines; 1 match, from 1 hosts/);
    for (const [args, says] of [
      [["sshd", "/root/none.log"], /none\.log: ENOENT/],
      [["nosuch", "/root/auth.log"], /there is no filter/],
      [["(<HOST>", "/root/auth.log"], /parenthesis is not closed/],
    ] as const) {
      const { code, stderr } = await host.upkeep("jail", "test", ...args);
      assert.equal(code, 1);
      assert.match(stderr, says);
    }
  });

  test("expressions match what they match in Python", async () => {
    const pairs = fc.sample(fc.tuple(expression, fc.stringMatching(/^[ab1 \né-]{1,10}$/)), {
      numRuns: 20_000,
      seed: 7,
    });
    const input = JSON.stringify(pairs);
    const { stdout, stderr } = await host.exec(["python3", "-W", "ignore", "-c", python], input);
    const answers = JSON.parse(stdout || "[]") as (readonly [number, number] | null | "refused")[];
    assert.equal(answers.length, pairs.length, stderr);
    const different = pairs.flatMap(([source, text], index) => {
      const answer = answers[index]!;
      if (answer === "refused") return [];
      const found = spanOf(source, text);
      // The one thing that is told to people instead of done.
      if (found === "in a repetition") return [];
      return JSON.stringify(found) === JSON.stringify(answer) ? [] : [{ source, text, found, answer }];
    });
    assert.ok(answers.filter((answer) => Array.isArray(answer)).length > 1_000);
    assert.deepEqual(different.slice(0, 5), []);
  });
});

function spanOf(source: string, text: string) {
  try {
    const match = compile(source).search(text);
    return match ? [match.index, match.index + match[0].length] : null;
  } catch (error) {
    if (/cannot stand in a repetition/.test((error as Error).message)) return "in a repetition";
    throw error;
  }
}

const python = `
import json, re, sys
def answer(source, text):
    try:
        found = re.search(source, text)
    except re.error:
        return "refused"
    return found and found.span()
print(json.dumps([answer(source, text) for source, text in json.load(sys.stdin)]))
`;

/** Expressions of all that filters are made of. */
const expression = fc.letrec<{ node: string; consuming: string }>((tie) => ({
  consuming: fc.oneof(
    fc.constantFrom("a", "ab", "\\w", "\\S", ".", "[^a]", "(?:a|1)"),
    fc.tuple(fc.constantFrom("b", "\\d", "[\\w-]"), tie("node")).map(([one, other]) => one + other),
  ),
  node: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom(
      "a",
      "b",
      "1",
      " ",
      "ab",
      "é",
      "\\w",
      "\\W",
      "\\s",
      "\\S",
      "\\d",
      "\\D",
      ".",
      "\\b",
      "\\B",
      "^",
      "$",
    ),
    fc.constantFrom("[ab]", "[^a]", "[\\w-]", "[^\\s1]", "[a-é]", "\\Z", "\\A"),
    fc.tuple(tie("node"), tie("node")).map(([one, other]) => one + other),
    fc.tuple(tie("node"), tie("node")).map(([one, other]) => `(?:${one}|${other})`),
    fc.tuple(tie("node"), fc.constantFrom("?", "??")).map(([one, n]) => `(?:${one})${n}`),
    fc
      .tuple(tie("consuming"), fc.constantFrom("+", "*", "{1,2}", "{2}", "+?", "*?"))
      .map(([one, n]) => `(?:${one})${n}`),
    fc
      .tuple(fc.constantFrom("(?=", "(?!", "(?i:", "(?s:", "(?>", "("), tie("node"))
      .map(([open, one]) => `${open}${one})`),
    fc.tuple(tie("node"), tie("node"), tie("node")).map(([if_, yes, no]) => `(?P<q>${if_})?(?(q)${yes}|${no})`),
  ),
})).node;
