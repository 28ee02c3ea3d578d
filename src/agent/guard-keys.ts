import { join } from "node:path/posix";
import type { Host } from "../host/host.ts";
import { rhythm } from "../host/pace.ts";
import { writeRevocationList } from "../host/revocation-list.ts";
import {
  type Attempt,
  fingerprint as fingerprintSchema,
  type KeyWatchConfig,
  keyWatchConfigSchema,
  keyWatchDirectory,
  revocationList,
  revokedKeySchema,
  revokedKeysDirectory,
} from "../model/key.ts";
import { printable } from "../model/printable.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { GuardEvent } from "../store/guard-history.ts";
import type { Keys, Revoked } from "../store/keys.ts";
import { openGuardBook } from "./guard-book.ts";
import type { WorkReport } from "./guard-health.ts";

/** A key that a host has revoked by itself, as it tells others. */
export interface RevokedElsewhere {
  readonly fingerprint: string;
  readonly reason: string;
}

/** The root side of watching keys: writes down what came of them, and has sshd take none that is revoked. */
export interface KeyGuard {
  /** What is stated is not what it was. */
  configure(files: ReadonlyMap<string, string>): Promise<void>;
  take(attempts: readonly Attempt[]): Promise<void>;
  /** Returns whether it was good until now. */
  revoke(fingerprint: string, reason: string): Promise<boolean>;
  restore(fingerprint: string): Promise<boolean>;
  /** Another host has revoked a key. Rejects where this host does not revoke by itself. */
  shared(from: string, key: unknown): Promise<void>;
  stop(): void;
}

const listOfRevoked = "the list of revoked keys, which sshd looks at, cannot be written";

const oldUses = "how keys were used long ago cannot be forgotten";

/** Milliseconds between two looks whether the list is still there. */
const lookEvery = rhythm(20_000);

/** Milliseconds until a list that could not be written is tried again. */
const retry = rhythm(1_000);

export function openKeyGuard({
  host,
  keys,
  log,
  report,
  tell,
}: {
  readonly host: Pick<Host, "files" | "processes" | "clock">;
  readonly keys: Keys;
  readonly log: (text: string) => void;
  readonly report: WorkReport;
  /** Others are to hear of it. */
  readonly tell: (revoked: RevokedElsewhere) => void;
}): KeyGuard {
  const { clock } = host;
  const book = openGuardBook({ what: oldUses, concerns: (ref) => ref.startsWith("KeyWatch/"), log, report });
  let watches: readonly KeyWatchConfig[] = [];
  let stated: readonly string[] = [];
  let written = "";
  let writing = Promise.resolve();

  /** One after the other: each writes all there is. */
  function write(): Promise<void> {
    const next = writing.then(() =>
      reported(async () => {
        const all = [...new Set([...stated, ...keys.revoked().map(({ fingerprint }) => fingerprint)])].sort();
        if (all.join() === written && host.files.stat(revocationList)) return;
        // Where sshd is not told to look there, nobody needs it.
        if (!host.files.stat(join(revocationList, ".."))) return;
        await writeRevocationList(host, revocationList, all);
        written = all.join();
        log(`${all.length} keys are revoked`);
      }),
    );
    writing = next.catch(() => {});
    return next;
  }

  async function reported(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      report(listOfRevoked, takesRevoking, undefined);
    } catch (error) {
      report(listOfRevoked, takesRevoking, (error as Error).message);
      throw error;
    }
  }

  const takesRevoking = (ref: ResourceRef) =>
    ref.startsWith("RevokedKey/") || (ref.startsWith("KeyWatch/") && mayRevoke());
  const mayRevoke = () => watches.some(({ forbidden }) => forbidden === "revoke");
  const nameOf = ({ fingerprint, comment }: Pick<Attempt, "fingerprint" | "comment">): string => {
    const owner = watches.map(({ owners }) => owners[fingerprint]).find(Boolean) ?? comment;
    return owner === undefined ? fingerprint : `${fingerprint} (${owner})`;
  };

  const eventOf = (attempt: Attempt): GuardEvent | undefined => {
    const { outcome, at, user, address } = attempt;
    if (outcome !== "forbidden" && outcome !== "revoked") return undefined;
    return { is: `key ${outcome}`, says: `${nameOf(attempt)} of ${user}, from ${address}`, at };
  };

  /** One that was where it must not be is taken from nobody, if that is wanted. */
  const revocationFor = ({ outcome, fingerprint, user, address }: Attempt): Revoked | undefined =>
    outcome === "forbidden" && mayRevoke()
      ? { fingerprint, at: clock.now(), reason: `tried from ${address} as ${user}, where it must not be` }
      : undefined;

  async function revoke(fingerprint: string, reason: string): Promise<boolean> {
    const isNew = keys.revoke({ fingerprint, at: clock.now(), reason });
    if (isNew) log(`revoked ${fingerprint}: ${reason}`);
    // Also when it is not: the list may not have been written then.
    await settle();
    return isNew;
  }

  let isTriedAgain = false;

  /** What is stated or written down already is tried until sshd has it; rejects where that is not yet. */
  async function settle(): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!isTriedAgain)
        setTimeout(() => {
          isTriedAgain = false;
          void settleOrElse();
        }, retry).unref();
      isTriedAgain = true;
      throw error;
    }
  }
  const settleOrElse = () => settle().catch((error: Error) => log(`${error.message}; tried again`));
  // Without its list sshd takes nobody's key.
  const looking = setInterval(() => void settleOrElse(), lookEvery);
  looking.unref();

  return {
    async configure(files) {
      const read = <T>(directory: string, parse: (value: unknown) => T): T[] =>
        [...files].flatMap(([file, text]) => {
          if (!file.startsWith(`${directory}/`)) return [];
          try {
            return [parse(JSON.parse(text))];
          } catch (error) {
            log(`${file} is not as it should be: ${(error as Error).message}`);
            return [];
          }
        });
      watches = read(keyWatchDirectory, (value) => keyWatchConfigSchema.parse(value));
      stated = read(revokedKeysDirectory, (value) => revokedKeySchema.parse(value).fingerprint);
      // First what keeps people out; that the rest cannot be done is no reason not to.
      await settle().finally(() => book.write(() => keys.forgetOld(clock.now()), "old uses"));
    },
    async take(attempts) {
      const fresh = keys.note(
        attempts.map((attempt) => ({ attempt, event: eventOf(attempt), revocation: revocationFor(attempt) })),
      );
      for (const { attempt, revoked } of fresh) {
        const event = eventOf(attempt);
        if (event) log(`${event.is}: ${event.says}`);
        if (!revoked) continue;
        const { fingerprint, reason } = revoked;
        log(`revoked ${fingerprint}: ${reason}`);
        tell({ fingerprint, reason });
      }
      // Also of one that was revoked before: the list may not have been written then.
      if (fresh.some(({ attempt }) => revocationFor(attempt))) await settleOrElse();
    },
    revoke,
    async restore(fingerprint) {
      const wasRevoked = keys.restore(fingerprint, { is: "restored", says: fingerprint, at: clock.now() });
      await settle();
      if (wasRevoked) log(`restored ${fingerprint}`);
      return wasRevoked;
    },
    async shared(from, given) {
      const { fingerprint, reason } = given as RevokedElsewhere;
      if (!mayRevoke()) throw new Error("no KeyWatch here revokes keys by itself");
      if (typeof reason !== "string") throw new Error("a revoked key has a reason");
      await revoke(fingerprintSchema.parse(fingerprint), printable(`${from}: ${reason}`.slice(0, 400)));
    },
    stop: () => clearInterval(looking),
  };
}
