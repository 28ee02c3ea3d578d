import { daemonNamed } from "../daemons/index.ts";
import { numberAccounts } from "../host/accounts.ts";
import { until } from "../host/host.ts";
import { installPackages } from "../host/packages.ts";
import { masterOf } from "../host/services.ts";
import type { Condition } from "../model/condition.ts";
import type { Facts } from "../model/facts.ts";
import type { GenerationEntry } from "../model/generation.ts";
import type { AccountItem } from "../model/item.ts";
import { type Change, summarise } from "../model/plan.ts";
import { UserError } from "../model/problem.ts";
import type { ResourceRef } from "../model/resource.ts";
import { defaultChanged, takeBaseline } from "./baseline.ts";
import { commit, journalOf, sideBySide } from "./commit.ts";
import { type KeptEdit, keepEdits } from "./keep.ts";
import { type Draft, draftPlan, effectsOf, type World } from "./plan.ts";
import { allowing, isStarting, preflight } from "./preflight.ts";
import { askAll, defaultAnswer, questionsOf } from "./probes.ts";
import { prove, type Quarantine, stageInPlace, stagePrivately } from "./rehearse.ts";
import { reloadAll } from "./reload.ts";
import { complain, rollBack } from "./roll-back.ts";
import { type Settling, settle } from "./settle.ts";
import { tellAll } from "./tell.ts";
import { type AwaitWatched, complainOfUnwatched, watchedChanges } from "./watched.ts";

/** What happens, as it happens, for whoever watches. */
export type Report = (step: Step) => void;

export interface Step {
  readonly step: "packages" | "stage" | "check" | "commit" | "reload" | "probe" | "settle" | "roll back";
  readonly detail: string;
}

export interface Options {
  /** Who did what: `root: apply examples/first-site.yaml`. */
  readonly cause: string;
  readonly context: (facts: Facts) => string;
  /** Specs before, for the generation's record. */
  readonly before: (ref: ResourceRef) => unknown;
  /** Which of the estate's changes they are, for the same. */
  readonly sequenceOf?: (ref: ResourceRef) => number | undefined;
  readonly stateDirectory: string;
  readonly report: Report;
  /** Nothing answers yet: daemons read what is there when they start, and are asked by the next apply. */
  readonly isBooting?: boolean;
  /** Asks those who look at something all the time whether they look at what has changed. */
  readonly awaitWatched: AwaitWatched;
  /** Looks at the host again, after packages have been installed. */
  readonly look: () => Facts;
}

export interface Outcome {
  readonly generation: number | undefined;
  readonly changes: readonly Change[];
  readonly conditions: readonly Condition[];
  readonly removed: readonly ResourceRef[];
  readonly quarantined: Quarantine;
  /** Why everything was taken back, if it was. */
  readonly takenBack?: string;
  readonly kept: readonly KeptEdit[];
  readonly addresses: readonly { readonly ref: ResourceRef; readonly address: string }[];
}

/** Milliseconds within which the last old worker must have stopped answering. */
const probePatience = 5_000;

/** Carries a plan out as one transaction: afterwards the host is wholly as planned, or wholly as it was. */
export async function carryOut(first: Draft, world: World, options: Options): Promise<Outcome> {
  const { host, ledger } = world;
  const { report } = options;
  const draft = await awaitStarting(await preparePackages(first, world, options), world, options);
  const facts = draft.facts;
  const allow = allowing(draft.needs, facts);
  const openFiles = (name: string) => allow(name).openFiles;
  const hostNames = (ref: ResourceRef) => draft.rendered.get(ref)?.hostNames ?? [];
  const all = draft.plan.changes;
  if (all.length === 0) return settle(draft, [], new Map(), undefined, [], options, world).finish();

  const accounts = numberAccounts(
    all.flatMap(({ verb, item }) => (item.type === "account" && verb === "create" ? [item as AccountItem] : [])),
    facts,
  );
  const touched = options.isBooting ? [] : [...draft.plan.starts, ...draft.plan.reloads];
  await preflight(host, all, draft.needs, facts, allow);

  report({ step: "stage", detail: `${all.length} changes` });
  const baseline = takeBaseline(draft, touched, world);
  // What no daemon reads when it starts or reloads needs no check.
  const isChecked = touched.length > 0;
  const stage = isChecked ? await stagePrivately(host, all, accounts, facts.settings.sites.directory) : undefined;
  const prepare = (part: readonly Change[], setAside: Quarantine) => {
    const { starts, reloads } = part === all ? draft.plan : effectsOf(part);
    const summary = summarise({ ...draft.plan, starts, reloads, changes: part });
    const resources = entriesOf(draft, setAside, options);
    const prepared = ledger.prepare({ at: host.clock.now(), cause: options.cause, summary, resources }, (generation) =>
      journalOf(part, generation, host),
    );
    return { ...prepared, reloads, summary };
  };
  let quarantined: Quarantine = new Map();
  let prepared: ReturnType<typeof prepare> | undefined;
  if (stage) {
    try {
      report({ step: "check", detail: touched.join(", ") });
      const checking = prove(stage, host, all, touched, openFiles, hostNames);
      // The checker takes its time; meanwhile the journal is made ready for the case that nobody is set aside.
      [quarantined, prepared] = await Promise.all([checking, host.clock.pause(0).then(() => prepare(all, new Map()))]);
    } finally {
      await stage.close();
    }
  }
  const before = await baseline;
  const kept = keepEdits(host, all, options.stateDirectory);

  let changes = without(all, quarantined);
  if (changes.length === 0) return settle(draft, changes, quarantined, undefined, kept, options, world).finish();
  const { number, journal, reloads, summary, open } =
    prepared && changes === all ? prepared : prepare(changes, quarantined);
  report({ step: "commit", detail: summary });
  open();
  const giveUp = (reason: string) =>
    rollBack(draft, number, journal, reloads, reason, quarantined, kept, allow, options, world);
  const keys = new Set<string>(changes.map(({ key }) => key));
  try {
    await commit(
      changes,
      journal,
      accounts.filter(({ name }) => keys.has(`account:${name}`)),
      facts,
      host,
    );
    if (!stage && isChecked) {
      report({ step: "check", detail: `${touched.join(", ")} (in place)` });
      quarantined = await prove(stageInPlace(host), host, changes, touched, openFiles, hostNames);
      changes = without(changes, quarantined);
    }
    ledger.committed(number);
  } catch (error) {
    const { takenBack } = await giveUp((error as Error).message);
    throw new UserError(`${takenBack}\nNothing was changed.`);
  }
  let settling: Settling | undefined;
  try {
    report({ step: "reload", detail: touched.join(", ") });
    const reloading = options.isBooting
      ? tellAll(host, changes)
      : reloadAll(host, changes, allow, (detail) => report({ step: "reload", detail }));
    // While the servers read their new configuration, it is written down what will be live if they prove it.
    const writing = host.clock.pause(0).then(() => {
      settling = settle(draft, changes, quarantined, { number, journal }, kept, options, world);
    });
    await sideBySide(reloading, writing);
    // A reload is over when the server answers again; what it answers is looked at last.
    const fallback = before.fallback && (await defaultAnswer(host, facts.settings.sites.httpPort));
    const changed = new Set(changes.flatMap(({ because }) => because));
    const isAsked = (ref: ResourceRef) => !options.isBooting && changed.has(ref) && !quarantined.has(ref);
    const questions = questionsOf(draft.rendered.values(), isAsked);
    const asked = questions.length + before.questions.length;
    report({ step: "probe", detail: `${asked} questions` });
    const failures = await askAll(host, [...questions, ...before.questions], probePatience, (done) =>
      report({ step: "probe", detail: `${done} of ${asked}` }),
    );
    const watched = options.isBooting ? [] : watchedChanges(changes, quarantined);
    if (watched.length > 0 && failures.length === 0)
      report({ step: "probe", detail: `${watched.length} to be looked at from now on` });
    const unwatched = watched.length > 0 && failures.length === 0 ? await options.awaitWatched(watched) : [];
    const complaint =
      failures.length > 0
        ? complain(failures, questions)
        : unwatched.length > 0
          ? complainOfUnwatched(unwatched)
          : defaultChanged(before.fallback, fallback);
    if (complaint) throw new Error(complaint);
  } catch (error) {
    settling?.cancel();
    return giveUp((error as Error).message);
  }
  return settling!.finish();
}

/** Packages come before everything else: what they bring decides the rest of the plan. They stay whatever happens. */
async function preparePackages(draft: Draft, world: World, { report, look }: Options): Promise<Draft> {
  const names = draft.plan.changes.flatMap(({ item }) => (item.type === "package" ? [item.name] : []));
  if (names.length === 0) return draft;
  report({ step: "packages", detail: names.join(", ") });
  await installPackages(world.host, names, (text) => {
    const line = text.trim().split("\n").at(-1);
    if (line) report({ step: "packages", detail: line.slice(0, 100) });
  });
  return draftPlan(draft.targets, { ...world, facts: look() });
}

/** Milliseconds that somebody else's start may take. */
const startPatience = 5_000;

/** What is just being started, as at boot, reads its configuration now: the plan is made for it as one that runs. */
async function awaitStarting(draft: Draft, world: World, { look, isBooting }: Options): Promise<Draft> {
  const { host } = world;
  // Servers wait for us then, and not the other way round.
  if (isBooting) return draft;
  const starting = draft.plan.starts.filter((name) => isStarting(host, name, draft.needs, draft.facts));
  if (starting.length === 0) return draft;
  await until(host.clock, startPatience, () => starting.every((name) => masterOf(host, daemonNamed(name))));
  return draftPlan(draft.targets, { ...world, facts: look() });
}

const without = (changes: readonly Change[], quarantined: Quarantine): readonly Change[] =>
  quarantined.size === 0 ? changes : changes.filter(({ because }) => because.some((ref) => !quarantined.has(ref)));

function entriesOf(
  { targets, plan }: Draft,
  quarantined: Quarantine,
  { before, sequenceOf }: Options,
): GenerationEntry[] {
  const refused = new Set(plan.refused.map(({ ref }) => ref));
  return targets
    .filter(({ ref }) => !quarantined.has(ref) && !refused.has(ref))
    .map(({ ref, resource }) => {
      const sequence = sequenceOf?.(ref);
      return {
        ref,
        before: before(ref) ?? null,
        after: resource?.spec ?? null,
        ...(sequence !== undefined && { sequence }),
      };
    });
}
