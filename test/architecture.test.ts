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
