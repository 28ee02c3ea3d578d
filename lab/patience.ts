import { createHash } from "node:crypto";

/** What {@link step} takes on the machine for which patience is stated, with nothing else to do. Milliseconds. */
const usual = 8;

/** Slower than this no machine is: something hangs, and is to say so. */
const most = 12;

/** A step that is always the same work: some milliseconds of it. */
function step(): void {
  const hash = createHash("sha256");
  const block = Buffer.alloc(1 << 20);
  for (let round = 0; round < 8; round++) hash.update(block);
  hash.digest();
}

/** How many times slower than usual this machine is just now: 1 where it is not. */
export function slowness(): number {
  const begun = performance.now();
  step();
  return Math.min(most, Math.max(1, (performance.now() - begun) / usual));
}

/**
 * How long to wait for something that takes at most so many milliseconds on a quiet machine: longer as the machine is
 * slower, as seen while waiting. Ask `isOver` again and again.
 */
export function openPatience(milliseconds: number): {
  isOver(): boolean;
  /** `31.2 s of 30 s, on a machine 2.4 times slower than usual` */
  says(): string;
} {
  const begun = performance.now();
  const seen = [slowness()];
  let next = begun + sampleEvery;
  const mean = () => seen.reduce((sum, each) => sum + each, 0) / seen.length;
  return {
    isOver() {
      const now = performance.now();
      if (now >= next) {
        seen.push(slowness());
        next = performance.now() + sampleEvery;
      }
      return now - begun > milliseconds * mean();
    },
    says() {
      const took = ((performance.now() - begun) / 1000).toFixed(1);
      return `${took} s (${milliseconds / 1000} s were expected of a quiet machine; this one is ${mean().toFixed(1)} times as slow)`;
    },
  };
}

/** Milliseconds. */
const sampleEvery = 1_000;
