import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { alone } from "../src/host/alone.ts";
import { installation } from "../src/host/installation.ts";

/*
 * Makes build/web of web/: the web interface as static files, which `upkeep serve` serves. Only a control plane needs it, so
 * what it is made with is installed when it is made, and not with everything else. With --check, its types are checked.
 */

const web = join(installation, "web");
const node = join(installation, "node_modules/.bin/node");
const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd: web, stdio: ["ignore", "ignore", "inherit"] });

const modified = (path: string): number => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** When anything below was written last. */
const newest = (path: string): number =>
  statSync(path).isDirectory()
    ? Math.max(
        ...readdirSync(path)
          .filter((name) => name !== "node_modules")
          .map((name) => newest(join(path, name))),
      )
    : modified(path);

function check(): void {
  install();
  run(join(installation, "node_modules/.bin/tsc"), "--noEmit");
}

function make(): void {
  const made = join(installation, "build/web");
  const sources = Math.max(newest(web), newest(join(installation, "src/client")));
  if (modified(join(made, "index.html")) >= sources) return;
  install();
  const fresh = mkdtempSync(join(installation, "build/web-"));
  run(node, "node_modules/vite/bin/vite.js", "build", "--outDir", fresh, "--emptyOutDir", "--logLevel", "error");
  // The control plane runs as a user of its own.
  chmodSync(fresh, 0o755);
  rmSync(made, { recursive: true, force: true });
  renameSync(fresh, made);
}

function install(): void {
  if (modified(join(web, "node_modules/.package-lock.json")) < modified(join(web, "package-lock.json")))
    run("npm", "ci", "--no-progress", "--loglevel=error");
}

// npm begins by removing what another is working with.
await alone(web, process.argv.includes("--check") ? check : make);
