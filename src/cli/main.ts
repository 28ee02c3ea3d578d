import { enableCompileCache } from "node:module";
import { processTerminal } from "./terminal.ts";

enableCompileCache();
// The launcher set it for us, to take less memory; what we start is to have its own.
delete process.env.MALLOC_ARENA_MAX;

const { run } = await import("./run.ts");
process.exitCode = await run(process.argv.slice(2), processTerminal());
