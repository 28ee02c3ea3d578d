import { join } from "node:path";

/** Where this Upkeep is. Two directories up, from here as from what build/program.ts makes of us. */
export const installation = join(import.meta.dirname, "../..");
