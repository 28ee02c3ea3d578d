import { dirname } from "node:path";
import { addAccounts, addMembers, type NewAccount, removeAccount } from "../host/accounts.ts";
import type { Host } from "../host/host.ts";
import { isPathItem, type PathItem, placementOf } from "../items/index.ts";
import type { Identify } from "../items/item-type.ts";
import type { Facts } from "../model/facts.ts";
import type { JournalEntry } from "../model/generation.ts";
import { type AccountItem, itemKey } from "../model/item.ts";
import type { Change } from "../model/plan.ts";

type PathChange = Change & { item: PathItem };

const isPathChange = (change: Change): change is PathChange => isPathItem(change.item);

/** What will be done, for the journal; nothing is touched yet. */
export const journalOf = (changes: readonly Change[], generation: number, host: Host): JournalEntry[] =>
  changes
    .filter(({ item }) => item.type !== "package")
    .map((change) =>
      isPathChange(change)
        ? placementOf(change.item).journal(change, generation, host)
        : { verb: change.verb, item: change.item },
    );

/** Puts everything in place: accounts, directories, then all files at once. Everything that can fail comes before the first rename. */
export async function commit(
  changes: readonly Change[],
  journal: readonly JournalEntry[],
  accounts: readonly NewAccount[],
  facts: Facts,
  host: Host,
): Promise<void> {
  const entryOf = new Map(journal.map((entry) => [itemKey(entry.item), entry]));
  const identify = identifier(facts, accounts);
  const paths = changes.filter(isPathChange);
  const {
    directories = [],
    here = [],
    gone = [],
  } = Object.groupBy(paths, ({ item, verb }) =>
    item.type === "directory" ? "directories" : verb === "delete" ? "gone" : "here",
  );
  // What leads to a file leads elsewhere before the file goes.
  const rest = [...here, ...gone];

  const makeAccounts = async () => {
    await addAccounts(host, accounts);
    for (const { verb, item } of changes)
      if (item.type === "account" && verb === "update") await addMembers(host, item);
  };
  const makePaths = async () => {
    const room = breathing(host);
    for (const change of directories) {
      await placementOf(change.item).place(change, entryOf.get(change.key)!, host, identify);
      await room();
    }
    for (const change of rest) {
      await placementOf(change.item).stage(change, entryOf.get(change.key)!, host, identify);
      await room();
    }
  };
  await sideBySide(makeAccounts(), makePaths());
  await flush(
    host,
    rest.flatMap((change) => entryOf.get(change.key)?.staged ?? []),
  );
  for (const change of rest) await placementOf(change.item).place(change, entryOf.get(change.key)!, host, identify);
  await flush(host, [...new Set(rest.map(({ item }) => dirname(item.path)))]);
}

/** All have come to an end, well or badly, before anything is taken back. */
export async function sideBySide(...works: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(works)) if (result.status === "rejected") throw result.reason;
}

/** Every hundred steps it lets what runs beside us have its turn. */
function breathing(host: Host): () => Promise<void> | undefined {
  let steps = 0;
  return () => (++steps % 100 === 0 ? host.clock.pause(0) : undefined);
}

/**
 * Undoes a journal, last entry first, from whatever point was reached. `follow` has what runs follow the files, before
 * the accounts that it may run as go. Everything is tried; what fails is returned.
 */
export async function takeBack(
  journal: readonly JournalEntry[],
  host: Host,
  follow: () => Promise<void>,
  progress: (detail: string) => void = () => {},
): Promise<string[]> {
  const troubles: string[] = [];
  const attempt = async (work: () => Promise<void> | void) => {
    try {
      await work();
    } catch (error) {
      troubles.push((error as Error).message);
    }
  };
  const backwards = journal.toReversed();
  for (const entry of backwards) {
    const { item } = entry;
    if (isPathItem(item)) await attempt(() => placementOf(item).takeBack(entry, host));
  }
  // Not below a customer's directory: what is a link there by now must not keep us from finishing.
  const paths = journal.flatMap(({ item }) =>
    item.type === "file" || item.type === "insertion" || item.type === "link" ? [dirname(item.path)] : [],
  );
  const flushed = [...new Set(paths)].filter((path) => host.files.stat(path));
  await attempt(() => flush(host, flushed));
  await follow();
  const accounts = backwards.filter(({ verb, item }) => item.type === "account" && verb === "create");
  for (const [index, { item }] of accounts.entries()) {
    await attempt(() => removeAccount(host, (item as AccountItem).name));
    if (index % 10 === 9) progress(`${index + 1} of ${accounts.length} accounts`);
  }
  return troubles;
}

/** Removes what waited for a taking back. */
export function forget(journal: readonly JournalEntry[], host: Host): void {
  // Last entry first: a directory is empty only when nothing waits in it any more.
  for (const entry of journal.toReversed()) if (isPathItem(entry.item)) placementOf(entry.item).forget(entry, host);
}

/** From so many paths on, one flush of the whole file system is quicker than one of each. */
const many = 64;

async function flush(host: Host, paths: readonly string[]): Promise<void> {
  if (paths.length < many) for (const path of paths) host.files.flush(path);
  else await host.processes.run(["sync", "--file-system", ...new Set([dirname(paths[0]!), dirname(paths.at(-1)!)])]);
}

function identifier({ accounts, groups }: Facts, added: readonly NewAccount[]): Identify {
  const ids = new Map(added.map(({ name, id }) => [name, id]));
  return (owner, group) => {
    const uid = ids.get(owner) ?? accounts.get(owner)?.uid;
    const gid = ids.get(group) ?? groups.get(group)?.gid;
    if (uid === undefined || gid === undefined)
      throw new Error(`there is no ${uid === undefined ? `account ${owner}` : `group ${group}`}`);
    return { uid, gid };
  };
}
