import type { Confined, ConfinedOptions } from "../host/confined.ts";
import type { Clock } from "../host/host.ts";
import { rhythm } from "../host/pace.ts";
import { printable } from "../model/printable.ts";
import { longLife } from "../model/reader-life.ts";
import type { GuardHealth } from "./guard-health.ts";

/** The process that looks, as often as it has to be started. */
export interface Reader {
  start(): void;
  say(value: object): void;
  /** It has answered the question of this number. */
  answered(number: number): void;
  stop(): void;
}

/** Milliseconds until it is started again, doubled each time up to the last. */
const [firstPause, lastPause] = [200, rhythm(10_000)];

/** How often it is asked for a sign of life: it speaks by itself only when something changes. Milliseconds. */
const askEvery = rhythm(10_000);

/** Milliseconds that an answer may take. */
const patience = 30_000;

/** Counted in questions: of a machine that was asleep, nobody has asked anything meanwhile. */
const mostUnanswered = Math.ceil(patience / askEvery);

/** Starts it again when it ends, and ends it when it hangs. */
export function keepReader({
  clock,
  look,
  hear,
  configure,
  health,
  tell,
  log,
}: {
  readonly clock: Pick<Clock, "now">;
  readonly look: (options: Pick<ConfinedOptions, "hear" | "ended">) => Confined;
  readonly hear: (line: string) => void;
  /** It is there and knows nothing yet. */
  readonly configure: () => void;
  readonly health: Pick<GuardHealth, "hasSpoken" | "readerStarted" | "readerAlive" | "readerHangs" | "readerEnded">;
  /** Tells people what they should know by now. */
  readonly tell: () => void;
  readonly log: (text: string) => void;
}): Reader {
  let running: Confined | undefined;
  let isStopped = false;
  let pause = firstPause;
  let asked = 0;
  let answered = 0;

  function start() {
    if (isStopped) return;
    const startedAt = clock.now();
    [asked, answered] = [0, 0];
    health.readerStarted();
    running = look({
      hear,
      ended(why) {
        if (isStopped) return;
        // One that has lived on is started again at once.
        if (clock.now() - startedAt > longLife) pause = firstPause;
        log(`what looks at the logs has ended (${printable(why)}); again in ${pause / 1000} s`);
        health.readerEnded(why);
        setTimeout(start, pause);
        pause = Math.min(lastPause, 2 * pause);
      },
    });
    configure();
  }

  const say = (value: object) => running?.say(JSON.stringify(value));

  function ask() {
    // Before its first word it may have much to read, and that word is waited for anyway.
    if (!health.hasSpoken()) return;
    const unanswered = asked++ - answered;
    if (unanswered < mostUnanswered) say({ is: "ping", n: asked });
    // Once: what the system itself does not let end stays a failure until it has.
    if (unanswered === mostUnanswered) giveUp();
  }

  /** People are told first: for all that time nothing was looked at, however quickly the next one does. */
  function giveUp() {
    health.readerHangs(`has not answered for ${patience / 1000} s`);
    tell();
    log("what looks at the logs does not answer and is ended");
    running?.kill();
  }

  const asking = setInterval(ask, askEvery);
  asking.unref();
  return {
    start,
    say,
    answered(number) {
      if (number > asked) return;
      answered = Math.max(answered, number);
      health.readerAlive();
    },
    stop() {
      isStopped = true;
      clearInterval(asking);
      running?.stop();
    },
  };
}
