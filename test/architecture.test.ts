import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, test } from "node:test";

const root = join(import.meta.dirname, "..");

/** Which rooms of src/ a room may import, as ARCHITECTURE.md says. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  daemons: ["model"],
  kinds: ["model", "daemons", "pages"],
  pages: ["model"],
  host: ["model", "pages"],
  items: ["model", "host"],
  store: ["model"],
  bus: ["model", "host"],
  control: ["model", "kinds", "host", "store", "bus"],
  client: [],
  watches: ["model", "host"],
  runbooks: ["model", "host", "store"],
  engine: ["model", "kinds", "daemons", "items", "host"],
  agent: ["model", "kinds", "daemons", "pages", "items", "host", "engine", "watches", "store", "bus", "control"],
  cli: ["model", "kinds", "pages", "watches", "runbooks", "host", "agent", "control", "bus", "store", "client", "lab"],
};

/** Who may touch the operating system, besides `host`: the edges where records and people's files come in. */
const touchesSystem = [
  "host",
  "store",
  "cli",
  "agent/upkeep.ts",
  "agent/program-digest.ts",
  "agent/doctor.ts",
  "agent/logs.ts",
  "watches/memory.ts",
  "control/socket.ts",
  "control/http/door.ts",
  "control/nats-keeper.ts",
];

function sources(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.(test|fixture)\.ts$/.test(entry.name) ? [path] : [];
  });
}

const importsOf = (file: string): string[] =>
  [...readFileSync(file, "utf8").matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => match[1]!);

/** What the calls of some functions are given, as it stands there. */
function* argumentsOf(text: string, call: RegExp): Generator<string> {
  for (const { index, 0: name } of text.matchAll(call)) {
    const start = index + name.length;
    let depth = 1;
    let end = start;
    for (; depth > 0 && end < text.length; end++) depth += text[end] === "(" ? 1 : text[end] === ")" ? -1 : 0;
    yield text.slice(start, end - 1);
  }
}

const files = sources(join(root, "src"));

const pages = sources(join(root, "web/src"));

describe("the rooms of the house", () => {
  test("each imports only what it may", () => {
    assert.deepEqual(readdirSync(join(root, "src")).sort(), Object.keys(mayImport).sort());
    const wrong = files.flatMap((file) => {
      const room = relative(join(root, "src"), file).split("/")[0]!;
      return importsOf(file)
        .filter((target) => target.startsWith("."))
        .map((target) => relative(root, resolve(dirname(file), target)).split("/"))
        .map(([top, inner]) => (top === "src" ? inner! : top!))
        .filter((target) => target !== room && !mayImport[room]!.includes(target))
        .map((target) => `${relative(root, file)} imports ${target}`);
    });
    assert.deepEqual(wrong, []);
  });

  test("the web interface knows of the program what its API says, and no more", () => {
    const wrong = pages.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith("."))
        .map((target) => relative(root, resolve(dirname(file), target)))
        .filter((target) => !target.startsWith("web/") && !target.startsWith("src/client/"))
        .map((target) => `${relative(root, file)} imports ${target}`),
    );
    assert.ok(pages.length > 10);
    assert.deepEqual(wrong, []);
  });

  test("only the edges touch the operating system", () => {
    const system = /^node:(fs|child_process|net|http|https|os|sqlite|timers)/;
    const wrong = files
      .map((file) => relative(join(root, "src"), file))
      .filter((file) => !touchesSystem.some((edge) => file === edge || file.startsWith(`${edge}/`)))
      .filter(
        (file) => file !== "agent/apply.ts" && importsOf(join(root, "src", file)).some((target) => system.test(target)),
      );
    assert.deepEqual(wrong, []);
  });

  test("no program is ever run through a shell", () => {
    const shell = /shell:\s*true|\bexec\(|execSync|\["(?:\/bin\/)?(?:ba|da)?sh", "-c"/;
    assert.deepEqual(
      files
        .filter((file) => shell.test(readFileSync(file, "utf8").replace(/\.exec\(/g, "")))
        .map((file) => relative(root, file)),
      [],
    );
  });

  test("who waits for a second or more says by a name what for", () => {
    // The time is the last that they are given.
    const lastOf = (given: string) => /[^,]*$/.exec(given.replace(/,\s*$/, ""))![0];
    const isBare = (time: string) =>
      (time.match(/\b[\d_]+\b/g) ?? []).some((number) => number.replaceAll("_", "").length > 3);
    const waits = files.flatMap((file) =>
      [...argumentsOf(readFileSync(file, "utf8"), /\b(?:setTimeout|setInterval|clock\.pause)\(/g)].map((given) => ({
        file,
        given,
      })),
    );
    assert.ok(waits.length > 50);
    const wrong = waits.filter(({ given }) => isBare(lastOf(given)));
    assert.deepEqual(
      wrong.map(({ file, given }) => `${relative(root, file)}: ${given.slice(-60)}`),
      [],
    );
  });

  test("no patience goes by the pace of a lab, and nobody else asks for that pace", () => {
    const paced = /\b\w*(?:patience|timeout)\w*\b[^=;]*=[^;=]*\brhythm\(/i;
    const asks = /UPKEEP_LAB_PACE/;
    const wrong = files.flatMap((file) => {
      const text = readFileSync(file, "utf8");
      const where = relative(root, file);
      return [
        ...(paced.test(text) ? [`${where}: ${paced.exec(text)![0]}`] : []),
        ...(asks.test(text) && where !== "src/host/pace.ts" ? [`${where} asks for the pace itself`] : []),
      ];
    });
    assert.deepEqual(wrong, []);
  });

  test("no file is longer than 320 lines", () => {
    // What is written by a program is read by programs.
    const written = join(root, "src/client/paths.ts");
    const long = [...files, ...pages].filter(
      (file) => file !== written && readFileSync(file, "utf8").split("\n").length > 320,
    );
    assert.deepEqual(
      long.map((file) => relative(root, file)),
      [],
    );
  });
});
