import { daemonNamed } from "../daemons/index.ts";
import { numberAccounts } from "../host/accounts.ts";
import { installPackages } from "../host/packages.ts";
import { masterOf } from "../host/services.ts";
import type { Condition } from "../model/condition.ts";
import type { Facts } from "../model/facts.ts";
import type { GenerationEntry, JournalEntry } from "../model/generation.ts";
import type { AccountItem } from "../model/item.ts";
import { type Change, summarise } from "../model/plan.ts";
import type { Answer } from "../model/probe.ts";
import { UserError } from "../model/problem.ts";
import type { ResourceRef } from "../model/resource.ts";
import { commit, journalOf, sideBySide, takeBack } from "./commit.ts";
import { type KeptEdit, keepEdits } from "./keep.ts";
import { type Draft, draftPlan, effectsOf, type World } from "./plan.ts";
import { type Allow, allowing, preflight } from "./preflight.ts";
import { askAll, defaultAnswer, type Failure, type Question, questionsOf } from "./probes.ts";
import { prove, type Quarantine, stageInPlace, stagePrivately } from "./rehearse.ts";
import { reloadAll, reloadBack } from "./reload.ts";
import { type Settling, settle } from "./settle.ts";

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
  readonly stateDirectory: string;
  readonly report: Report;
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
  const draft = await preparePackages(first, world, options);
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
  const touched = [...draft.plan.starts, ...draft.plan.reloads];
  await preflight(host, all, draft.needs, facts, allow);

  report({ step: "stage", detail: `${all.length} changes` });
  const baseline = takeBaseline(draft, touched, world);
  const stage = await stagePrivately(host, all, accounts, facts.settings.sites.directory);
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
    if (!stage) {
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
    const reloading = reloadAll(host, changes, allow, (detail) => report({ step: "reload", detail }));
    // While the servers read their new configuration, it is written down what will be live if they prove it.
    const writing = host.clock.pause(0).then(() => {
      settling = settle(draft, changes, quarantined, { number, journal }, kept, options, world);
    });
    await sideBySide(reloading, writing);
  } catch (error) {
    settling?.cancel();
    return giveUp((error as Error).message);
  }
  // A reload is over when the server answers again; what it answers is looked at last.
  const fallback = before.fallback && (await defaultAnswer(host, facts.settings.sites.httpPort));
  const changed = new Set(changes.flatMap(({ because }) => because));
  const questions = questionsOf(draft.rendered.values(), (ref) => changed.has(ref) && !quarantined.has(ref));
  report({ step: "probe", detail: `${questions.length + before.questions.length} questions` });
  const failures = await askAll(host, [...questions, ...before.questions], probePatience, (done) =>
    report({ step: "probe", detail: `${done} of ${questions.length + before.questions.length}` }),
  );
  const complaint = failures.length > 0 ? complain(failures, questions) : defaultChanged(before.fallback, fallback);
  if (complaint) {
    settling?.cancel();
    return giveUp(complaint);
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

/** How many sites that are not touched are asked before and after; others each time. */
const baselineSize = 8;

/** Questions to sites that are not touched, which must be answered afterwards if they are answered now. */
async function takeBaseline({ targets, facts }: Draft, touched: readonly string[], { host, ledger }: World) {
  const running = touched.some((name) => !name.startsWith("php") && masterOf(host, daemonNamed(name)));
  if (!running) return { questions: [], fallback: undefined };
  const changing = new Set(targets.map(({ ref }) => ref));
  const others = ledger
    .someProbes(baselineSize, ledger.generations(1)[0]?.number ?? 0)
    .filter(({ ref }) => !changing.has(ref));
  const failing = new Set((await askAll(host, others, 0)).map(({ ref }) => ref));
  return {
    questions: others.filter(({ ref }) => !failing.has(ref)),
    fallback: await defaultAnswer(host, facts.settings.sites.httpPort),
  };
}

/** The host's default site is nobody's resource, but it must not change by what we do to others. */
function defaultChanged(before: Answer | undefined, after: Answer | undefined): string | undefined {
  if (before?.got !== "response" || after === undefined) return undefined;
  const now = after.got === "response" ? after.status : after.why;
  return now === before.status
    ? undefined
    : `the host's default site answered ${before.status} before, and now: ${now}`;
}

const without = (changes: readonly Change[], quarantined: Quarantine): readonly Change[] =>
  quarantined.size === 0 ? changes : changes.filter(({ because }) => because.some((ref) => !quarantined.has(ref)));

/** What has changed comes first: that is most likely what broke the others. */
function complain(failures: readonly Failure[], own: readonly Question[]): string {
  const changed = new Set(own.map(({ ref }) => ref));
  const { mine = [], others = [] } = Object.groupBy(failures, ({ ref }) => (changed.has(ref) ? "mine" : "others"));
  const lines = [
    ...mine.map(({ ref, probe, reason }) => `${ref}: ${probe.says}: it ${reason}`),
    ...others.map(({ ref, reason }) => `${ref} answered before and no longer does: it ${reason}`),
  ].slice(0, 10);
  return [...lines, ...(failures.length > 10 ? [`and ${failures.length - 10} more`] : [])].join("\n");
}

/** Takes everything back, reloads again, and says why. */
async function rollBack(
  draft: Draft,
  number: number,
  journal: readonly JournalEntry[],
  reloads: readonly string[],
  reason: string,
  quarantined: Quarantine,
  kept: readonly KeptEdit[],
  allow: Allow,
  { report }: Options,
  { host, ledger }: World,
): Promise<Outcome> {
  report({ step: "roll back", detail: reason.split("\n")[0]! });
  const troubles: string[] = [];
  const stuck = await takeBack(
    journal,
    host,
    async () => {
      troubles.push(...(await reloadBack(host, journal, reloads, allow)));
    },
    (detail) => report({ step: "roll back", detail }),
  );
  const takenBack = [
    reason,
    ...troubles.map((trouble) => `Afterwards: ${trouble}`),
    ...stuck.map((trouble) => `Could not be taken back, and is tried again by the next upkeep command: ${trouble}`),
  ].join("\n");
  const at = host.clock.now();
  const conditions = draft.targets.map(
    ({ ref }): Condition => ({ ref, state: "Failed", message: `taken back: ${takenBack}`, at }),
  );
  if (stuck.length > 0) ledger.setConditions(conditions);
  else {
    ledger.undone(number, conditions);
    ledger.dropJournal(number);
  }
  return { generation: number, changes: [], conditions, removed: [], quarantined, takenBack, kept, addresses: [] };
}

function entriesOf({ targets, plan }: Draft, quarantined: Quarantine, { before }: Options): GenerationEntry[] {
  const refused = new Set(plan.refused.map(({ ref }) => ref));
  return targets
    .filter(({ ref }) => !quarantined.has(ref) && !refused.has(ref))
    .map(({ ref, resource }) => ({ ref, before: before(ref) ?? null, after: resource?.spec ?? null }));
}
