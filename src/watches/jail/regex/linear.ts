import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

/*
 * Expressions come from the operator, lines from attackers. V8 goes back and forth in a line, and with some expressions a
 * line can be made that keeps it busy for years.
 */

/**
 * Has V8 change to its own linear engine wherever it goes back too often, for expressions that this engine can run. For
 * the whole process, from then on.
 */
export function useLinearEngine(): void {
  setFlagsFromString("--enable-experimental-regexp-engine");
  setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");
}

const key = Symbol.for("upkeep.bounded");
const place = globalThis as unknown as Record<symbol, (() => void) | undefined>;
const call = new Script(`globalThis[Symbol.for("upkeep.bounded")]()`);

/** Does something that may not end by itself. Returns whether it has ended; in the middle of anything if it has not. */
export function inTime(work: () => void, milliseconds: number): boolean {
  place[key] = work;
  try {
    call.runInThisContext({ timeout: milliseconds });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return false;
    throw error;
  } finally {
    place[key] = undefined;
  }
}
