import { ensureBase } from "./base.ts";

/* Builds the lab's base before the tests start, so that it is not done twice at once. */
await ensureBase((text) => process.stderr.write(`lab: ${text}\n`));
