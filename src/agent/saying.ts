import { rhythm } from "../host/pace.ts";

/** What a host has to say, said one after another beside its work. */
export interface Sayer {
  /** Says this, if it can be heard; otherwise all is said as soon as it can. */
  say(what: () => Promise<void>): void;
  /** Whether anyone can hear. */
  heard(isHeard: boolean): void;
  /** Says what is left, if it can be heard, and no more after that. */
  stop(): Promise<void>;
}

/** Milliseconds until what could not be said is said again, doubled up to the last. */
const [firstPause, lastPause] = [200, rhythm(5_000)];

/**
 * A bus that is slow, or does not answer, holds up nothing that a host does: it has its own turn here. What could not be
 * said is made good by saying everything.
 */
export function openSayer(
  /** Everything there is to say, as it is then. */
  everything: () => Promise<void>,
  log: (text: string) => void,
): Sayer {
  let waiting: (() => Promise<void>)[] = [];
  let isHeard = false;
  let stopped = false;
  /** What was said may not have been heard. */
  let unsaid = true;
  let isDeaf = false;
  let pause = firstPause;
  let isSaying = false;
  let ended = Promise.resolve();
  let wake = () => {};

  async function sayAll() {
    while (isHeard && (unsaid || waiting.length > 0)) {
      const next = unsaid ? everything : waiting.shift()!;
      if (unsaid) waiting = [];
      unsaid = false;
      try {
        await next();
        if (isDeaf) log("heard again");
        isDeaf = false;
        pause = firstPause;
      } catch (error) {
        unsaid = true;
        if (stopped) break;
        if (!isDeaf) log(`not heard: ${(error as Error).message}`);
        isDeaf = true;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pause);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        pause = Math.min(lastPause, 2 * pause);
      }
    }
    isSaying = false;
  }

  function go() {
    if (isSaying) return;
    isSaying = true;
    ended = sayAll();
  }

  return {
    say(what) {
      if (stopped) return;
      if (isHeard && !unsaid) waiting.push(what);
      else unsaid = true;
      go();
    },
    heard(now) {
      isHeard = now;
      unsaid = true;
      pause = firstPause;
      wake();
      go();
    },
    async stop() {
      stopped = true;
      wake();
      await ended;
    },
  };
}
