import { enableCompileCache } from "node:module";
import { processTerminal } from "./terminal.ts";

enableCompileCache();

const { run } = await import("./run.ts");
process.exitCode = await run(process.argv.slice(2), processTerminal());
