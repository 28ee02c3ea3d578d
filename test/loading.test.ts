import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { build, type Metafile } from "esbuild";

const root = join(import.meta.dirname, "..");

/** What starts with each process that runs all the time on a host; everything that these import is in memory for good. */
const parts = {
  reader: "src/cli/commands/watch-eyes.ts",
  guard: "src/cli/commands/watch.ts",
  agent: "src/cli/commands/agent.ts",
} as const;
type Part = keyof typeof parts;

let inputs: Metafile["inputs"];
before(async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.values(parts),
    external: ["node:*"],
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    outdir: "nowhere",
    write: false,
    metafile: true,
    logLevel: "error",
  });
  ({ inputs } = metafile);
});

/** Files that a part loads as it starts, and modules of Node's own; not what it loads once something needs it. */
function loadedBy(part: Part): readonly string[] {
  const found = new Set<string>([parts[part]]);
  for (const file of found)
    for (const { path, kind } of inputs[file]?.imports ?? []) if (kind === "import-statement") found.add(path);
  return [...found];
}

const roomsOf = (part: Part): readonly string[] =>
  [...new Set(loadedBy(part).flatMap((file) => /^src\/([a-z]+)\//.exec(file)?.[1] ?? []))].sort();

const packagesOf = (part: Part): readonly string[] =>
  [...new Set(loadedBy(part).flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))].sort();

describe("a process that runs all the time loads", () => {
  test("what it is for, where it reads logs: nothing of records, rendering, the bus or the guard", () => {
    assert.deepEqual(roomsOf("reader"), ["cli", "host", "model", "store", "watches"]);
    assert.deepEqual(packagesOf("reader"), ["zod"]);
    const others = loadedBy("reader").filter((file) =>
      /^src\/(kinds|agent|engine|daemons|store\/(?!database))/.test(file),
    );
    assert.deepEqual(others, []);
  });

  test("what it is for, where it is the guard: no kind, of server programs only name servers, and of the watches only what they say", () => {
    assert.deepEqual(
      roomsOf("guard").filter((room) => ["kinds", "engine", "items", "control", "pages"].includes(room)),
      [],
    );
    const servers = loadedBy("guard").filter((file) => /^src\/daemons\/[^/]+\//.test(file));
    assert.deepEqual(
      servers.filter((file) => !file.startsWith("src/daemons/bind/")),
      [],
    );
    assert.deepEqual(packagesOf("guard"), ["zod"]);
    const reading = loadedBy("guard").filter((file) => /^src\/watches\/(jail\/(filter|regex|dates)|eyes)/.test(file));
    assert.deepEqual(reading, []);
  });

  test("as an agent, no library of the control plane, of databases or of pages", () => {
    const packages = packagesOf("agent");
    assert.ok(packages.includes("js-yaml"), "the agent reads its settings");
    assert.deepEqual(
      packages.filter((name) =>
        /^(kysely|hono|@hono|pg|mysql2|nodemailer|parse5|css-|openid-client|otpauth|@nats-io\/(?:transport|jetstream|kv))/.test(
          name,
        ),
      ),
      [],
    );
  });

  test("nothing for TLS before something asks for it", () => {
    for (const part of ["reader", "guard"] as const)
      assert.deepEqual(
        loadedBy(part).filter((file) => ["node:http", "node:https", "node:http2", "node:tls"].includes(file)),
        [],
        part,
      );
  });
});
