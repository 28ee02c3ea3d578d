import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { z } from "zod";
import { foreignText } from "../model/foreign-text.ts";
import type { Observation } from "../model/happening.ts";
import { type Attempt, fingerprint, outcomes } from "../model/key.ts";
import { transaction } from "./database.ts";
import { type GuardEvent, openGuardHistory } from "./guard-history.ts";

/** How an account and a key of it have got along so far, also as a host tells of it. Times in milliseconds since 1970. */
export const keyUseSchema = z.object({
  user: foreignText(256),
  fingerprint,
  type: foreignText(40),
  comment: foreignText(300).exactOptional(),
  found: foreignText(1_100).exactOptional(),
  first: z.int(),
  last: z.int(),
  /** Where from, the last time, and what came of it. */
  address: foreignText(45),
  outcome: z.enum(outcomes),
  reason: foreignText(500).exactOptional(),
  /** How often it let them in, and how often not. */
  accepted: z.int(),
  refused: z.int(),
});

export type KeyUse = Readonly<z.output<typeof keyUseSchema>>;

/** A key that this host takes from nobody, because it has seen it where it must not be. */
export interface Revoked {
  readonly fingerprint: string;
  readonly at: number;
  readonly reason: string;
}

const schema = `
CREATE TABLE IF NOT EXISTS attempts (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,
  user TEXT NOT NULL, fingerprint TEXT NOT NULL, attempt TEXT NOT NULL, UNIQUE (at, attempt)) STRICT;
CREATE INDEX IF NOT EXISTS attempts_by_key ON attempts (fingerprint);
CREATE TABLE IF NOT EXISTS key_uses (user TEXT NOT NULL, fingerprint TEXT NOT NULL, use TEXT NOT NULL,
  last INTEGER NOT NULL, PRIMARY KEY (user, fingerprint)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS revoked_keys (fingerprint TEXT PRIMARY KEY, at INTEGER NOT NULL, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** So many attempts are remembered, those with nobody's keys included; and uses of keys for so long. Milliseconds. */
const [most, memory] = [50_000, 90 * 86_400_000];

export type Keys = ReturnType<typeof openKeys>;

/** Who has offered which key to this host, and which it takes from nobody. */
export function openKeys(database: DatabaseSync, { readOnly = false } = {}) {
  if (!readOnly) database.exec(schema);
  const history = openGuardHistory(database, { readOnly });
  const put = database.prepare("INSERT OR IGNORE INTO attempts (at, user, fingerprint, attempt) VALUES (?, ?, ?, ?)");
  const forget = database.prepare("DELETE FROM attempts WHERE number <= (SELECT max(number) FROM attempts) - ?");
  const find = database.prepare("SELECT use FROM key_uses WHERE user = ? AND fingerprint = ?");
  const putUse = database.prepare("INSERT OR REPLACE INTO key_uses (user, fingerprint, use, last) VALUES (?, ?, ?, ?)");
  const revoke = database.prepare("INSERT OR IGNORE INTO revoked_keys (fingerprint, at, reason) VALUES (?, ?, ?)");
  const restore = database.prepare("DELETE FROM revoked_keys WHERE fingerprint = ?");

  /** Of nobody's keys there may be any number. */
  function use(attempt: Attempt): KeyUse | undefined {
    const { user, fingerprint } = attempt;
    const row = find.get(user, fingerprint);
    const known = row && (JSON.parse(String(row.use)) as KeyUse);
    if (!known && attempt.outcome === "unknown") return undefined;
    const after = usedOnceMore(known, attempt);
    putUse.run(user, fingerprint, JSON.stringify(after), after.last);
    return after;
  }

  /** Returns whether that is news. */
  function revokeNow({ fingerprint, at, reason }: Revoked): boolean {
    const isNew = Number(revoke.run(fingerprint, at, reason).changes) > 0;
    if (isNew) history.remember([{ is: "revoked", says: `${fingerprint}: ${reason}`, at }]);
    return isNew;
  }

  return {
    /**
     * Writes down what came of keys, with what is to be told of it, and together with that which of them are revoked for it.
     * Returns what was not known, for it may be said again, and of that, what has been revoked now.
     */
    note: (
      all: readonly {
        readonly attempt: Attempt;
        readonly event: GuardEvent | undefined;
        readonly revocation: Revoked | undefined;
      }[],
    ): readonly { readonly attempt: Attempt; readonly revoked: Revoked | undefined }[] =>
      transaction(database, () => {
        const fresh = all.flatMap(({ attempt, event, revocation }) => {
          const { at, user, fingerprint } = attempt;
          if (put.run(at, user, fingerprint, JSON.stringify(attempt)).changes === 0) return [];
          const known = use(attempt);
          const observation = known && observationOf(known);
          if (event) history.remember([{ ...event, ...(observation && { observation }) }]);
          else if (observation) history.remember([{ at, observation }]);
          return [{ attempt, revoked: revocation && revokeNow(revocation) ? revocation : undefined }];
        });
        forget.run(most);
        return fresh;
      }),
    /** Returns whether that is news. */
    revoke: (revoked: Revoked): boolean => transaction(database, () => revokeNow(revoked)),
    restore: (fingerprint: string, event: GuardEvent): boolean =>
      transaction(database, () => {
        const wasRevoked = Number(restore.run(fingerprint).changes) > 0;
        if (wasRevoked) history.remember([event]);
        return wasRevoked;
      }),
    revoked: (): readonly Revoked[] =>
      database
        .prepare("SELECT * FROM revoked_keys ORDER BY at")
        .all()
        .map(({ fingerprint, at, reason }) => ({
          fingerprint: String(fingerprint),
          at: Number(at),
          reason: String(reason),
        })),
    /** The latest attempts, newest first. */
    attempts: ({
      limit,
      user,
      fingerprint,
    }: {
      limit: number;
      user?: string;
      fingerprint?: string;
    }): readonly Attempt[] =>
      database
        .prepare(
          "SELECT attempt FROM attempts WHERE (?1 IS NULL OR user = ?1) AND (?2 IS NULL OR fingerprint = ?2) ORDER BY number DESC LIMIT ?3",
        )
        .all(user ?? null, fingerprint ?? null, limit)
        .map(({ attempt }) => JSON.parse(String(attempt)) as Attempt),
    uses: (): readonly KeyUse[] => database.prepare("SELECT use FROM key_uses ORDER BY last DESC").all().map(toUse),
    forgetOld(now: number) {
      database.prepare("DELETE FROM key_uses WHERE last < ?").run(now - memory);
    },
  };
}

const toUse = ({ use }: Record<string, SQLOutputValue>): KeyUse => JSON.parse(String(use)) as KeyUse;

function usedOnceMore(known: KeyUse | undefined, attempt: Attempt): KeyUse {
  const { at, user, fingerprint, type, address, outcome, reason } = attempt;
  const comment = attempt.comment ?? attempt.certificate?.id ?? known?.comment;
  const found = attempt.found ?? known?.found;
  const isIn = outcome === "accepted";
  return {
    user,
    fingerprint,
    type,
    ...(comment !== undefined && { comment }),
    ...(found !== undefined && { found }),
    first: known?.first ?? at,
    last: at,
    address,
    outcome,
    ...(reason !== undefined && { reason }),
    accepted: (known?.accepted ?? 0) + (isIn ? 1 : 0),
    refused: (known?.refused ?? 0) + (isIn ? 0 : 1),
  };
}

export const observationOf = (use: KeyUse): Observation => ({
  watch: "keys",
  key: `${use.user} ${use.fingerprint}`.slice(0, 200),
  until: use.last + memory,
  value: use,
});
