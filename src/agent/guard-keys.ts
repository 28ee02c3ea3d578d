import { join } from "node:path/posix";
import type { Host } from "../host/host.ts";
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
import type { GuardEvent } from "../store/guard-history.ts";
import type { Keys } from "../store/keys.ts";
import { printable } from "./printable.ts";

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
}

/** Milliseconds until a list that could not be written is tried again. */
const retry = 1_000;

export function openKeyGuard({
  host,
  keys,
  log,
  tell,
}: {
  readonly host: Pick<Host, "files" | "processes" | "clock">;
  readonly keys: Keys;
  readonly log: (text: string) => void;
  /** Others are to hear of it. */
  readonly tell: (revoked: RevokedElsewhere) => void;
}): KeyGuard {
  const { clock } = host;
  let watches: readonly KeyWatchConfig[] = [];
  let stated: readonly string[] = [];
  let written = "";
  let writing = Promise.resolve();

  /** One after the other: each writes all there is. */
  function write(): Promise<void> {
    const next = writing.then(async () => {
      const all = [...new Set([...stated, ...keys.revoked().map(({ fingerprint }) => fingerprint)])].sort();
      if (all.join() === written && host.files.stat(revocationList)) return;
      // Where sshd is not told to look there, nobody needs it.
      if (!host.files.stat(join(revocationList, ".."))) return;
      await writeRevocationList(host, revocationList, all);
      written = all.join();
      log(`${all.length} keys are revoked`);
    });
    writing = next.catch(() => {});
    return next;
  }

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

  /** Returns whether it is news; sshd is not told yet. */
  function note(fingerprint: string, reason: string): boolean {
    const says = `${fingerprint}: ${reason}`;
    const isNew = keys.revoke({ fingerprint, at: clock.now(), reason }, { is: "revoked", says, at: clock.now() });
    if (isNew) log(`revoked ${says}`);
    return isNew;
  }

  async function revoke(fingerprint: string, reason: string): Promise<boolean> {
    const isNew = note(fingerprint, reason);
    // Also when it is not: the list may not have been written then.
    await write();
    return isNew;
  }

  /** What is written down already is tried until it is done. */
  async function writeOrElse(): Promise<void> {
    try {
      await write();
    } catch (error) {
      log(`${(error as Error).message}; tried again`);
      tryAgain();
    }
  }
  const tryAgain = () => setTimeout(() => void writeOrElse(), retry).unref();

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
      keys.forgetOld(clock.now());
      await write().catch((error: unknown) => {
        tryAgain();
        throw error;
      });
    },
    async take(attempts) {
      const fresh = keys.note(attempts.map((attempt) => ({ attempt, event: eventOf(attempt) })));
      for (const attempt of fresh) {
        const event = eventOf(attempt);
        if (event) log(`${event.is}: ${event.says}`);
        if (attempt.outcome !== "forbidden" || !mayRevoke()) continue;
        const { fingerprint, user, address } = attempt;
        const reason = `tried from ${address} as ${user}, where it must not be`;
        if (note(fingerprint, reason)) tell({ fingerprint, reason });
        await writeOrElse();
      }
    },
    revoke,
    async restore(fingerprint) {
      const wasRevoked = keys.restore(fingerprint, { is: "restored", says: fingerprint, at: clock.now() });
      await write();
      if (wasRevoked) log(`restored ${fingerprint}`);
      return wasRevoked;
    },
    async shared(from, given) {
      const { fingerprint, reason } = given as RevokedElsewhere;
      if (!mayRevoke()) throw new Error("no KeyWatch here revokes keys by itself");
      if (typeof reason !== "string") throw new Error("a revoked key has a reason");
      await revoke(fingerprintSchema.parse(fingerprint), printable(`${from}: ${reason}`.slice(0, 400)));
    },
  };
}
