import { Unreachable } from "../host/link.ts";
import { rhythm } from "../host/pace.ts";
import { type Awaited, isOver, type Progress, type RunRecord, type StepState, type Wanted } from "../model/run.ts";
import type { Runs } from "../store/runs.ts";
import type { Around, At, Doing, Runbook, Step, Waiting } from "./runbook.ts";

/** What the runner needs of the journal. */
export type Journal = Pick<
  Runs,
  "find" | "given" | "set" | "want" | "wanted" | "step" | "progress" | "figure" | "say" | "recall" | "remember"
>;

/** Somebody wants it to stop here. */
class Stopped extends Error {
  readonly wanted: Wanted;
  constructor(wanted: Wanted) {
    super(wanted);
    this.wanted = wanted;
  }
}

/** How often a condition is looked at again, and the journal for what somebody wants. Milliseconds. */
const [again, glance] = [rhythm(5_000), 500];

/** How often it is written down how far a step is. Milliseconds. */
const progressEvery = rhythm(1_000);

/** How rarely something is tried again, at most. Milliseconds. */
const rarely = rhythm(60_000);

/** Where it is kept why a run was taken back. */
const whyBack = "why it was taken back";

/** Where the answer of a person is kept. */
export const answerTo = (step: string): string => `answer: ${step}`;

/** What may become of a step that was begun, or not. */
const isBehind = (state: StepState): boolean => state === "done" || state === "found";

/**
 * Has a run go on from where its journal says that it stood, until it is over, or waits for somebody. Whatever it is killed
 * in, it is called again. Failures of steps do not reject; they are in the record.
 */
export async function goOn(
  id: number,
  {
    runs,
    runbook,
    around,
    show = () => {},
    leaveAfter,
    tell = () => {},
  }: {
    readonly runs: Journal;
    readonly runbook: Runbook;
    readonly around: Around;
    /** Hears how far the step is that is under way. */
    readonly show?: (step: string, progress: Progress | undefined) => void;
    /** Somebody else carries it on once this step is done. */
    readonly leaveAfter?: string | undefined;
    /** Hears what a person should know who does not look: what it has come to, or that it has stopped. */
    readonly tell?: (is: "run" | "run stopped", says: string) => void;
  },
): Promise<RunRecord> {
  const { clock } = around.host;
  const { input, scope } = runs.given(id);
  const steps = runbook.steps(runbook.input.parse(input), scope, around);
  const record = () => runs.find(id)!;
  const label = () => `run ${id}, ${runbook.name} ${runbook.title(runbook.input.parse(input))}`;
  const stateOf = (number: number): StepState => record().steps[number]!.state;
  if (
    record()
      .steps.map(({ name }) => name)
      .join() !== steps.map(({ name }) => name).join()
  )
    throw new Error(`run ${id} was begun by another version of ${runbook.name}, whose steps were others`);

  function atOf({ name }: Step, number: number): At {
    let written = Number.NEGATIVE_INFINITY;
    return {
      recall: <T>(key: string) => runs.recall(id, key) as T | undefined,
      remember: (key, value) => runs.remember(id, key, value),
      progress(progress) {
        show(name, progress);
        if (clock.now() < written + progressEvery) return;
        written = clock.now();
        runs.progress(id, number, progress);
      },
      figure: (figure) => runs.figure(id, number, figure),
      say: (text) => runs.say(id, clock.now(), text, name),
      announce(text) {
        runs.say(id, clock.now(), text, name);
        tell("run", `${label()}: ${text}`);
      },
      breathe() {
        const wanted = runs.wanted(id);
        if (wanted) throw new Stopped(wanted);
      },
    };
  }

  async function forward(): Promise<RunRecord> {
    runs.set(id, "running", clock.now());
    for (const [number, step] of steps.entries()) {
      if (!isBehind(stateOf(number))) {
        const at = atOf(step, number);
        try {
          at.breathe();
          if ("awaits" in step) await wait(step, number, at);
          else await patiently(step, number, at);
        } catch (error) {
          if (error instanceof Stopped) return heed(error.wanted);
          return failed(step, number, error as Error);
        } finally {
          show(step.name, undefined);
        }
      }
      if (step.name === leaveAfter) return record();
    }
    runs.set(id, "done", clock.now());
    tell("run", `${label()}: done`);
    return record();
  }

  /** While the other machine is away, again and again. */
  function patiently(step: Doing, number: number, at: At): Promise<void> {
    const end = clock.now() + (step.patience ?? 0);
    return persistently(
      at,
      () => act(step, number, at),
      (error, pause) => {
        if (!(error instanceof Unreachable) || clock.now() + pause > end) throw error;
        at.say(error.message);
        return error.message;
      },
    );
  }

  /** Tries again, more and more rarely, unless `failed` throws; it says what is waited for. */
  async function persistently(
    at: At,
    attempt: () => Promise<void>,
    failed: (error: Error, pause: number) => string,
  ): Promise<void> {
    for (let pause = again; ; pause = Math.min(2 * pause, rarely)) {
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof Stopped) throw error;
        await pauseFor(pause, at, { for: "condition", says: failed(error as Error, pause) });
      }
    }
  }

  async function pauseFor(milliseconds: number, at: At, awaits: Awaited): Promise<void> {
    const { state } = record();
    runs.set(id, state === "undoing" ? state : "waiting", clock.now(), { awaits });
    const end = clock.now() + milliseconds;
    while (clock.now() < end) {
      at.breathe();
      await clock.pause(Math.min(glance, Math.max(1, end - clock.now())));
    }
    runs.set(id, state, clock.now());
  }

  async function act(step: Doing, number: number, at: At): Promise<void> {
    const { attempts, state } = record().steps[number]!;
    const wasBegun = attempts > 0 && state !== "undone";
    if (await step.check(at)) {
      // What had been begun is ours, and can be taken back; what was so before is not.
      if (wasBegun) await step.verify?.(at);
      runs.step(id, number, wasBegun ? "done" : "found", clock.now());
      return;
    }
    runs.step(id, number, "started", clock.now());
    await step.run(at);
    await step.verify?.(at);
    runs.progress(id, number, undefined);
    runs.step(id, number, "done", clock.now());
  }

  async function wait(step: Waiting, number: number, at: At): Promise<void> {
    runs.step(id, number, "started", clock.now());
    for (;;) {
      const awaited = runs.recall(id, answerTo(step.name)) === undefined ? await awaitedBy(step, at) : undefined;
      if (!awaited) break;
      runs.set(id, "waiting", clock.now(), { awaits: awaited });
      if (awaited.for === "person") tell("run stopped", `${label()}: waits for you: ${awaited.says}`);
      await until(awaited, step, at);
    }
    runs.set(id, "running", clock.now());
    runs.step(id, number, "done", clock.now());
  }

  /** Who cannot be reached is waited for like everything else. */
  const awaitedBy = (step: Waiting, at: At): Promise<Awaited | undefined> =>
    step.awaits(at).catch((error: Error) => {
      if (error instanceof Unreachable) return { for: "condition", says: error.message } as const;
      throw error;
    });

  /** Until it is time to look again. */
  async function until(awaited: Awaited, { name }: Step, at: At): Promise<void> {
    const end = awaited.for === "time" ? awaited.until : clock.now() + again;
    while (awaited.for === "person" || clock.now() < end) {
      at.breathe();
      if (runs.recall(id, answerTo(name)) !== undefined) return;
      await clock.pause(awaited.for === "person" ? glance : Math.min(glance, Math.max(1, end - clock.now())));
    }
  }

  async function failed({ name }: Step, number: number, error: NodeJS.ErrnoException): Promise<RunRecord> {
    const message = error.message || (error.code ?? String(error));
    runs.step(id, number, "failed", clock.now(), message);
    runs.say(id, clock.now(), `failed: ${message}`, name);
    const problem = `${name}: ${message}`;
    if (runbook.wayBack === "automatic" && beyond() < 0) {
      runs.remember(id, whyBack, problem);
      return back();
    }
    runs.set(id, "failed", clock.now(), { problem });
    tell("run stopped", `${label()}: failed: ${problem}`);
    return record();
  }

  /** The number of the step that cannot be taken back, and has been taken. */
  const beyond = (): number =>
    steps.findLastIndex((step, number) => "isFinal" in step && step.isFinal && isBehind(stateOf(number)));

  async function heed(wanted: Wanted): Promise<RunRecord> {
    if (wanted === "undo") return back();
    runs.set(id, wanted === "pause" ? "paused" : "aborted", clock.now());
    runs.want(id, undefined);
    return record();
  }

  /** Whatever has been begun is taken back, the last first. */
  async function back(): Promise<RunRecord> {
    const final = beyond();
    if (final >= 0) {
      runs.want(id, undefined);
      const problem = `what went before "${steps[final]!.name}" cannot be taken back any longer`;
      runs.say(id, clock.now(), problem);
      const { state } = record();
      if (state === "running" || state === "waiting") return forward();
      runs.set(id, state, clock.now(), { problem });
      return record();
    }
    runs.set(id, "undoing", clock.now());
    runs.want(id, undefined);
    for (const [number, step] of [...steps.entries()].reverse()) {
      const state = stateOf(number);
      if (state === "open" || state === "undone" || state === "found") continue;
      const at = atOf(step, number);
      try {
        at.breathe();
        await takeBack(step, number, at);
      } catch (error) {
        // Whoever wants it taken back once more has it already.
        if (error instanceof Stopped) return heed(error.wanted);
        const { message } = error as Error;
        runs.set(id, "failed", clock.now(), { problem: `${step.name} cannot be taken back: ${message}` });
        return record();
      } finally {
        show(step.name, undefined);
      }
    }
    const problem = runs.recall(id, whyBack) as string | undefined;
    runs.set(id, "undone", clock.now(), problem === undefined ? {} : { problem });
    tell("run stopped", `${label()}: taken back${problem === undefined ? "" : `: ${problem}`}`);
    return record();
  }

  function takeBack(step: Step, number: number, at: At): Promise<void> {
    let said = "";
    return persistently(
      at,
      async () => {
        runs.step(id, number, "undoing", clock.now());
        if ("undo" in step) await step.undo?.(at);
        runs.step(id, number, "undone", clock.now());
      },
      (error) => {
        const { message } = error;
        if (message !== said) at.say(`cannot be taken back: ${message}`);
        said = message;
        runs.step(id, number, "undoing", clock.now(), message);
        // Where nobody may be there to try again, we do.
        if (runbook.wayBack !== "automatic") throw error;
        return `${step.name} cannot be taken back yet: ${message}`;
      },
    );
  }

  const { state } = record();
  if (state === "undone") return record();
  if (state === "undoing" || runs.wanted(id) === "undo") return back();
  return isOver(state) ? record() : forward();
}
