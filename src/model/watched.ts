import { hash } from "node:crypto";
import { jailDirectory } from "./jail.ts";
import { keyWatchDirectory, revokedKeysDirectory } from "./key.ts";
import { mailLimitDirectory } from "./mail-limit.ts";
import { notificationDirectory } from "./notification.ts";
import { poolDirectory } from "./pool.ts";
import { parseRef, type ResourceRef } from "./resource.ts";

/*
 * Records for which something of Upkeep's has to run all the time: what is to be done stands in a file of their own, and
 * the guard and its reader do it.
 */

interface WatchedKind {
  readonly kind: string;
  readonly directory: string;
  /** Whether it takes the reader, the process without rights, or only the guard. */
  readonly byReader: boolean;
}

const kinds: readonly WatchedKind[] = [
  { kind: "Jail", directory: jailDirectory, byReader: true },
  { kind: "KeyWatch", directory: keyWatchDirectory, byReader: true },
  { kind: "RevokedKey", directory: revokedKeysDirectory, byReader: false },
  { kind: "DnsPool", directory: poolDirectory, byReader: true },
  { kind: "Notification", directory: notificationDirectory, byReader: false },
  { kind: "MailLimit", directory: mailLimitDirectory, byReader: true },
];

/** Where it is stated what is looked for. */
export const watchedDirectories: readonly string[] = kinds.map(({ directory }) => directory);

/** Whose file it is; `undefined`: no watched record's. */
export function watchedRef(path: string): ResourceRef | undefined {
  const found = kinds.find(({ directory }) => path.startsWith(`${directory}/`));
  if (!found || !path.endsWith(".json")) return undefined;
  return `${found.kind}/${path.slice(found.directory.length + 1, -".json".length)}`;
}

/** Where it stands on a host what is to be done for a record; `undefined`: it is no watched one. */
export function watchedFile(ref: ResourceRef): string | undefined {
  const { kind, name } = parseRef(ref);
  const found = kinds.find((each) => each.kind === kind);
  return found && `${found.directory}/${name}.json`;
}

/** By what a configuration is told from another of the same record. */
export const digestOf = (text: string): string => hash("sha256", text);

/** Whether a record takes the reader. */
export const isRead = (ref: ResourceRef): boolean =>
  kinds.some(({ kind, byReader }) => byReader && kind === parseRef(ref).kind);

/** Files whose texts the reader is told. */
export const isForReader = (path: string): boolean =>
  kinds.some(({ directory, byReader }) => byReader && path.startsWith(`${directory}/`));
