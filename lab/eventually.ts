import { writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { openPatience } from "./patience.ts";

/** Milliseconds that this process has spent waiting for something to be so. */
let waited = 0;

const waitedFile = process.env.UPKEEP_TEST_WAITED;
if (waitedFile) process.on("exit", () => writeFileSync(waitedFile, String(waited / 1000)));

/** A wait that has taken so much of its patience is told of: the next machine may be slower. */
const worthTelling = 0.5;

/**
 * How long to wait after an answer that took so long. An answer costs about what it takes: to ask twice as seldom is to
 * leave the machine to what is waited for. Milliseconds.
 */
export const pauseAfter = (took: number): number => Math.min(1_000, Math.max(50, 2 * took));

/**
 * Asks until it is so. `milliseconds` are those of a quiet machine: a slower one gets more. Throws when they are over, and
 * says what was waited for, how long, and what was found instead.
 */
export async function eventually(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  milliseconds = 30_000,
  found = () => "",
): Promise<void> {
  const begun = performance.now();
  const patience = openPatience(milliseconds);
  try {
    for (;;) {
      const asked = performance.now();
      if (await isSo()) break;
      if (patience.isOver()) throw new Error(`not within ${patience.says()}: ${what} ${found()}`);
      await setTimeout(pauseAfter(performance.now() - asked));
    }
  } finally {
    waited += performance.now() - begun;
  }
  if (performance.now() - begun > milliseconds * worthTelling) tell(`waited ${patience.says()} until ${what}`);
}

function tell(text: string): void {
  process.stderr.write(`lab: ${text}\n`);
}
