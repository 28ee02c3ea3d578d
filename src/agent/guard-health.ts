import type { Clock } from "../host/host.ts";
import { type Announcement, announcementsOf, type ToldFailing, type Work } from "../model/failing.ts";
import { firstWordPatience, type Health, judge, type RecordHealth } from "../model/health.ts";
import { printable } from "../model/printable.ts";
import { type End, endsKept, healthOfReader, type ReaderLife } from "../model/reader-life.ts";
import { troubleNames } from "../model/reader-trouble.ts";
import type { ResourceRef } from "../model/resource.ts";
import { digestOf, isForReader, isRead, watchedRef } from "../model/watched.ts";
import { complaintsIn, isOfReader, type Looking, reader } from "./reader-words.ts";

/** Of what went wrong it has been reported already what it is. */
export class ReportedError extends Error {}

/** Says that something that is done all the time does not work, and why; nothing: it works. */
export type WorkReport = (
  what: string,
  concerns: (ref: ResourceRef) => boolean,
  why: string | undefined,
  more?: {
    /** Milliseconds since 1970; without it, from now on. */
    readonly since?: number;
    /** Others have to take it, a mail server or a name server: no reason to take a change back. */
    readonly isOutside?: true;
    /** The configuration itself cannot be used: a change to it is taken back at once. */
    readonly isOfText?: true;
  },
) => void;

/** How everything fares that this host's guard and its reader do all the time. */
export interface GuardHealth {
  /** What is stated from now on: texts by files. */
  state(files: ReadonlyMap<string, string>): void;
  readonly report: WorkReport;
  readerStarted(): void;
  /** Whether it has said in this life that it looks. */
  hasSpoken(): boolean;
  /** It has answered, so it does not hang. */
  readerAlive(): void;
  /** It runs and does nothing. */
  readerHangs(why: string): void;
  readerEnded(why: string): void;
  /** The reader is told all that is stated now. Returns the number of that. */
  nextTurn(): number;
  looking(said: Looking): void;
  records(): readonly RecordHealth[];
  /** Tells people what they should know by now. Returns whether that was anything. */
  tell(): boolean;
}

interface Reported {
  readonly concerns: (ref: ResourceRef) => boolean;
  readonly why: string | undefined;
  readonly since: number;
  /** As they are in its record's health. */
  readonly traits: Pick<Extract<Health, { is: "failed" }>, "isOutside" | "isOfText">;
}

/** So many of the newest turns may be answered: one that hangs answers none. */
const turnsKept = 5;

interface Stated {
  readonly file: string;
  readonly digest: string;
  readonly since: number;
  /** By which names the reader may say of it that something cannot be looked at. */
  readonly names: ReadonlySet<string>;
}

export function openGuardHealth({
  clock,
  told,
  announce,
  log,
}: {
  readonly clock: Pick<Clock, "now">;
  readonly told: () => ReadonlyMap<string, ToldFailing>;
  /** Returns what is news. Throws where it cannot be written down. */
  readonly announce: (announcements: readonly Announcement[], at: number) => readonly Announcement[];
  readonly log: (text: string) => void;
}): GuardHealth {
  const begun = clock.now();
  let stated: ReadonlyMap<ResourceRef, Stated> = new Map();
  /** What does not work, or did not, by what it is. */
  const reports = new Map<string, Reported>();
  let life: ReaderLife = { ends: [], startedAt: begun, spokeAt: undefined, signAt: begun };
  let turn = 0;
  /** Digests of what the reader was told, by the turn. */
  const turns = new Map<number, ReadonlyMap<ResourceRef, string>>();
  let acknowledged: ReadonlyMap<ResourceRef, string> = new Map();
  let waiting: ReadonlySet<string> = new Set();
  /** Since when the reader has not said of a record that it looks at it: also at each change, for a moment. */
  let unseen: ReadonlyMap<ResourceRef, number> = new Map();
  /** What the reader does not say of records, all of them together. */
  let late: Work = { what: reader, since: begun, refs: [] };
  let isForgetful = false;

  const report: WorkReport = (what, concerns, why, { since = clock.now(), ...traits } = {}) => {
    const known = reports.get(what);
    if (!known && why === undefined) return;
    const isChange = (known?.why === undefined) !== (why === undefined);
    const begin = known && !isChange ? known.since : since;
    reports.set(what, { concerns, why, since: begin, traits });
  };

  /** The reader begins anew: what troubled the last one may trouble this one, too, and it will say so. */
  function forgetReader() {
    for (const [what, { concerns, why }] of reports)
      if (isOfReader(what) && why !== undefined) report(what, concerns, undefined);
    acknowledged = new Map();
    turns.clear();
    waiting = new Set();
    noteUnseen();
  }

  /** What is stated, or what the reader says of it, is not what it was. */
  function noteUnseen() {
    const now = clock.now();
    const isSeen = (ref: ResourceRef) => {
      const { file, digest } = stated.get(ref)!;
      return acknowledged.get(ref) === digest && !waiting.has(file);
    };
    unseen = new Map(
      [...stated.keys()].flatMap((ref) =>
        isRead(ref) && !isSeen(ref) ? [[ref, unseen.get(ref) ?? now] as const] : [],
      ),
    );
  }

  function troublesOf(ref: ResourceRef): readonly Extract<Health, { is: "failed" }>[] {
    // What the reader said of an older text is nothing about this one, which may be the cure.
    const isAcknowledged = acknowledged.get(ref) === stated.get(ref)!.digest;
    return [...reports]
      .flatMap(([what, { concerns, why, since, traits }]) =>
        why !== undefined && concerns(ref) && (isAcknowledged || !isOfReader(what))
          ? [{ is: "failed", since, why: `${what}: ${why}`, ...traits } as const]
          : [],
      )
      .sort((one, other) => one.since - other.since);
  }

  function healthOf(ref: ResourceRef, now: number, ofReader: Health): Health {
    const troubles = troublesOf(ref);
    const own = troubles.find(({ isOutside }) => !isOutside) ?? lookedAt(ref, now, ofReader);
    // What others do not take comes after what Upkeep does itself.
    return own.is === "well" ? (troubles[0] ?? own) : own;
  }

  function lookedAt(ref: ResourceRef, now: number, ofReader: Health): Health {
    const { since } = stated.get(ref)!;
    if (!isRead(ref)) return { is: "well", since };
    if (ofReader.is === "failed") return { ...ofReader, why: `${reader} ${ofReader.why}` };
    const latest = Math.max(since, ofReader.since, unseen.get(ref) ?? 0);
    return judge({ is: unseen.has(ref) ? "awaited" : "well", since: latest }, now);
  }

  /** It is over when the reader says that it looks, not when it is only waited for again. */
  function lateness(now: number, ofReader: Health): Work {
    const isOwn = (ref: ResourceRef) => troublesOf(ref).some(({ isOutside }) => !isOutside);
    const failed = [...stated.keys()].flatMap((ref) => {
      const health = ofReader.is === "failed" || isOwn(ref) ? undefined : lookedAt(ref, now, ofReader);
      return health?.is === "failed" ? [{ ref, since: health.since + firstWordPatience }] : [];
    });
    if (failed.length > 0) {
      const first = failed.reduce((earliest, { since }) => Math.min(earliest, since), now);
      const since = late.why === undefined ? first : late.since;
      const why = "does not say that it looks at what is stated";
      late = { what: reader, why, since, refs: failed.map(({ ref }) => ref) };
    } else if (late.why !== undefined && !late.refs.some((ref) => unseen.has(ref)))
      late = { what: reader, since: now, refs: late.refs };
    return late;
  }

  function works(now: number): ReadonlyMap<string, Work> {
    const refs = [...stated.keys()];
    const ofReader = judge(healthOfReader(life), now);
    return new Map<string, Work>([
      [
        reader,
        {
          what: reader,
          // One that is waited for has not been well all that time.
          since: ofReader.is === "awaited" ? now : ofReader.since,
          refs: refs.filter(isRead),
          ...(ofReader.is === "failed" && { why: ofReader.why, since: ofReader.since }),
        },
      ],
      ...[...reports].map(([what, { concerns, why, since }]): [string, Work] => [
        what,
        { what, since, refs: refs.filter(concerns), ...(why !== undefined && { why }) },
      ]),
      ["late", lateness(now, ofReader)],
    ]);
  }

  /** Of what works, and of which nothing is left to tell, nothing has to be known. */
  function forgetWell(before: ReadonlyMap<string, ToldFailing>) {
    const isTold = (what: string) => before.has(what) && before.get(what)!.over === undefined;
    for (const [what, { why }] of reports) if (why === undefined && !isTold(what)) reports.delete(what);
  }

  return {
    state(files) {
      const now = clock.now();
      const before = stated;
      stated = new Map(
        [...files].flatMap(([file, text]) => {
          const ref = watchedRef(file);
          if (!ref) return [];
          const digest = digestOf(text);
          const known = before.get(ref);
          const isNew = known?.digest !== digest;
          return [[ref, isNew ? { file, digest, since: now, names: troubleNames(file, text) } : known] as const];
        }),
      );
      noteUnseen();
    },
    report,
    readerStarted() {
      const at = clock.now();
      life = { ends: life.ends, startedAt: at, spokeAt: undefined, signAt: at };
      forgetReader();
    },
    hasSpoken: () => life.spokeAt !== undefined,
    readerAlive() {
      life = { ...life, signAt: clock.now() };
    },
    readerHangs(why) {
      life = { ...life, hang: { since: life.signAt, why } };
    },
    readerEnded(why) {
      const at = clock.now();
      const { spokeAt, hang } = life;
      const looked = spokeAt === undefined ? {} : { looked: (hang?.since ?? at) - spokeAt };
      const end: End = hang
        ? { at, why: `it ${hang.why}`, hung: true, ...looked }
        : { at, why: printable(why), ...looked };
      life = { ends: [...life.ends, end].slice(-endsKept), startedAt: at, spokeAt: undefined, signAt: at };
      forgetReader();
    },
    nextTurn() {
      turns.set(
        ++turn,
        new Map([...stated].flatMap(([ref, { file, digest }]) => (isForReader(file) ? [[ref, digest] as const] : []))),
      );
      for (const older of turns.keys()) if (older <= turn - turnsKept) turns.delete(older);
      return turn;
    },
    looking({ turn: about, waiting: files, troubles }) {
      const seen = turns.get(about);
      if (!seen) return;
      for (const older of turns.keys()) if (older < about) turns.delete(older);
      acknowledged = seen;
      waiting = new Set(files);
      noteUnseen();
      const at = clock.now();
      if (life.spokeAt === undefined) life = { ...life, spokeAt: at, signAt: at };
      const now = complaintsIn(troubles, (ref) => stated.get(ref)?.names);
      for (const [what, { refs, why, ...traits }] of now) report(what, (ref) => refs.has(ref), why, traits);
      for (const [what, { concerns }] of reports)
        if (isOfReader(what) && !now.has(what)) report(what, concerns, undefined);
    },
    records() {
      const now = clock.now();
      const ofReader = judge(healthOfReader(life), now);
      return [...stated].map(([ref, { digest }]) => ({ ref, digest, health: healthOf(ref, now, ofReader) }));
    },
    tell() {
      const now = clock.now();
      try {
        const before = told();
        const news = announcementsOf(works(now), before, { now, begun });
        forgetWell(before);
        if (news.length === 0) return false;
        const said = announce(news, now);
        for (const { is, says } of said) log(`${is}: ${says}`);
        isForgetful = false;
        return said.length > 0;
      } catch (error) {
        if (!isForgetful) log(`what does not work cannot be written down: ${(error as Error).message}; tried again`);
        isForgetful = true;
        return false;
      }
    },
  };
}
