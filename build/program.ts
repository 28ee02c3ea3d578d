import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { build, type Plugin } from "esbuild";
import { programDigest } from "../src/agent/program-digest.ts";
import { installation } from "../src/host/installation.ts";

/*
 * Makes build/program of the sources: a few files instead of six hundred, because finding, reading and checking many
 * small files is most of what a short command does. `npm ci` runs this, and the launcher whenever the sources are newer.
 */

/** Imported as modules, Node's own have all their exports evaluated; here only those that are asked for. */
const builtins: Plugin = {
  name: "builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "builtin" }));
    onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => {
      const names = Object.keys(createRequire(import.meta.url)(path) as object);
      return {
        contents: [
          `const all = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(path)});`,
          "export default all;",
          ...names.map((name) => `export const ${name} = /* @__PURE__ */ (() => all.${name})();`),
        ].join("\n"),
      };
    });
  },
};

/** Words for problems in sixty languages, which nobody asks for. */
const languages: Plugin = {
  name: "languages",
  setup({ onLoad }) {
    onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({ contents: "export {};" }));
  },
};

/** What only the sources can tell is told once. */
const digest: Plugin = {
  name: "digest",
  setup({ onLoad }) {
    onLoad({ filter: /\/program-digest\.ts$/ }, () => ({
      contents: `export const programDigest = () => ${JSON.stringify(programDigest())};`,
    }));
  },
};

/** What is edited from now on is newer. */
const begun = new Date();

const { outputFiles } = await build({
  entryPoints: [join(installation, "src/cli/main.ts")],
  outdir: join(installation, "build/program"),
  plugins: [builtins, languages, digest],
  bundle: true,
  // CommonJS, and only for processes that run for long: they find it where it is.
  external: ["@nats-io/*", "pg", "pg-copy-streams", "mysql2"],
  // Less to read; names stay, so that a stack still tells where.
  minifyWhitespace: true,
  minifySyntax: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node24",
  legalComments: "inline",
  logLevel: "warning",
  write: false,
});

const home = join(installation, "build");
const made = mkdtempSync(join(home, "program-"));
chmodSync(made, 0o755);
for (const { path, contents } of outputFiles) {
  const file = join(made, basename(path));
  writeFileSync(file, contents);
  utimesSync(file, begun, begun);
}

// A link moves all at once.
const link = join(home, "program");
const former = existsSync(link) ? readlinkSync(link) : undefined;
symlinkSync(basename(made), `${made}.link`);
renameSync(`${made}.link`, link);

// The last one stays for those who run it and have not loaded all of it yet; those of just now are others at work here.
const old = begun.getTime() - 600_000;
for (const name of readdirSync(home)) {
  const path = join(home, name);
  const { mtimeMs = old } = lstatSync(path, { throwIfNoEntry: false }) ?? {};
  if (name.startsWith("program-") && name !== former && mtimeMs < old) rmSync(path, { recursive: true, force: true });
}
