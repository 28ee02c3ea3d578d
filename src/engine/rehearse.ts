import { dirname } from "node:path";
import { daemonNamed } from "../daemons/index.ts";
import { accountLines, type NewAccount } from "../host/accounts.ts";
import type { Host } from "../host/host.ts";
import { openRehearsal, type Rehearsal } from "../host/namespace.ts";
import type { Finished, RunOptions } from "../host/processes.ts";
import { withOpenFiles } from "../host/services.ts";
import { isPathItem } from "../items/index.ts";
import type { Blame } from "../model/daemon.ts";
import { type FileItem, type InsertionItem, type Item, type LinkItem, readerOf } from "../model/item.ts";
import type { Change } from "../model/plan.ts";
import { UserError } from "../model/problem.ts";
import type { ResourceRef } from "../model/resource.ts";
import { isBase } from "./render.ts";

/** Where changes can be tried and checked: a private view of the host, or, where none can be had, the host itself. */
export interface Stage {
  path(real: string): string;
  run(argv: readonly [string, ...string[]], options?: RunOptions): Promise<Finished>;
  close(): Promise<void>;
  readonly isPrivate: boolean;
}

export type Quarantine = ReadonlyMap<ResourceRef, string>;

/** Opens a private view of all that the changes touch and makes them there. `undefined` where the kernel refuses. */
export async function stagePrivately(
  host: Host,
  changes: readonly Change[],
  accounts: readonly NewAccount[],
  sitesDirectory: string,
): Promise<Stage | undefined> {
  const { created = [], others = [] } = Object.groupBy(changes, ({ verb }) =>
    verb === "create" ? "created" : "others",
  );
  const rehearsal = await openRehearsal(host, overlaid(host, changes, sitesDirectory), (add) => {
    for (const { item } of created) {
      if (item.type !== "directory") write(host, item, add);
      else if (item.madeBy === "root" && !item.optionalInCheck) {
        host.files.makeDirectory(add(item.path));
        for (const [name, content] of Object.entries(item.seed ?? {}))
          host.files.create(add(`${item.path}/${name}`), content, { uid: 0, gid: 0, mode: 0o644 });
      }
    }
  });
  if (!rehearsal) return undefined;
  const stage: Stage = { ...rehearsal, isPrivate: true };
  try {
    if (accounts.length > 0) addAccountsTo(rehearsal, host, accounts);
    for (const change of others) put(stage, host, change);
    return stage;
  } catch (error) {
    await stage.close();
    throw error;
  }
}

/** Checks on the live tree, where the changes already are. */
export const stageInPlace = (host: Host): Stage => ({
  path: (real) => real,
  run: (argv, options) => host.processes.run(argv, options),
  close: async () => {},
  isPrivate: false,
});

/** `/etc`, the sites' directory, and the nearest directory that exists above anything else that is made. */
function overlaid(host: Host, changes: readonly Change[], sitesDirectory: string): string[] {
  const roots = new Set(["/etc"]);
  for (const { item } of changes) {
    if (!isPathItem(item) || item.path.startsWith("/etc/")) continue;
    let root = item.path.startsWith(`${sitesDirectory}/`) ? sitesDirectory : dirname(item.path);
    while (!host.files.stat(root)) root = dirname(root);
    if (root !== "/") roots.add(root);
  }
  return [...roots];
}

function addAccountsTo(rehearsal: Rehearsal, host: Host, accounts: readonly NewAccount[]): void {
  const lines = accounts.map(accountLines);
  for (const [path, added] of [
    ["/etc/passwd", lines.map(({ passwd }) => passwd).join("")],
    ["/etc/group", lines.map(({ group }) => group).join("")],
  ] as const) {
    const text = host.files.read(path) ?? "";
    host.files.remove(rehearsal.path(path));
    host.files.create(rehearsal.path(path), text + added, { uid: 0, gid: 0, mode: 0o644 });
  }
}

function put(stage: Stage, host: Host, { verb, item }: Change): void {
  if (!isNamed(item)) return;
  host.files.remove(stage.path(item.path));
  if (verb !== "delete") write(host, item, stage.path);
}

const isNamed = (item: Item): item is FileItem | InsertionItem | LinkItem =>
  item.type === "file" || item.type === "insertion" || item.type === "link";

/** A file or link, at the place that stands for its own. */
function write(host: Host, item: Item, placeOf: (real: string) => string): void {
  if (item.type === "link") host.files.symlink(item.target, placeOf(item.path));
  if (item.type === "file") host.files.create(placeOf(item.path), item.content, { uid: 0, gid: 0, mode: item.mode });
  if (item.type === "insertion") host.files.create(placeOf(item.path), item.content, { uid: 0, gid: 0, mode: 0o644 });
}

function takeBack(stage: Stage, host: Host, { verb, item, before }: Change): void {
  if (!isNamed(item)) return;
  const path = stage.path(item.path);
  host.files.remove(path);
  if (item.type !== "link" && before) host.files.create(path, before.content, before);
  if (item.type === "link" && verb === "delete") host.files.symlink(item.target, path);
}

/**
 * Has each touched daemon check its configuration, and sets aside the resources it refuses: the one whose file the
 * checker names, or else the ones that bisection finds. Returns them with the daemon's words.
 */
export async function prove(
  stage: Stage,
  host: Host,
  changes: readonly Change[],
  touched: readonly string[],
  openFiles: (daemon: string) => number,
  hostNames: (ref: ResourceRef) => readonly string[],
): Promise<Quarantine> {
  const quarantined = new Map<ResourceRef, string>();
  // What is of one resource alone; sorted out only when something is wrong.
  const alone = changes.filter(({ because }) => because.length === 1);
  let sorted: Map<ResourceRef, Change[]> | undefined;
  const own = (ref: ResourceRef) => {
    sorted ??= Map.groupBy(alone, ({ because }) => because[0]!);
    return sorted.get(ref) ?? [];
  };
  const activate = (refs: readonly ResourceRef[]) => {
    for (const ref of refs) for (const change of own(ref)) put(stage, host, change);
  };
  const deactivate = (refs: readonly ResourceRef[]) => {
    for (const ref of refs) for (const change of own(ref).toReversed()) takeBack(stage, host, change);
  };
  const ownerOf = (path: string): ResourceRef | undefined =>
    alone.find(({ item }) => "path" in item && item.path === path)?.because[0];

  for (const name of touched) {
    const check = () => ask(stage, name, openFiles(name));
    const suspects = new Set(
      alone
        .filter(({ item, because }) => readerOf(item) === name && !isBase(because[0]!))
        .map(({ because }) => because[0]!),
    );
    const isSuspect = (ref: ResourceRef | undefined): ref is ResourceRef =>
      ref !== undefined && suspects.has(ref) && !quarantined.has(ref);
    let verdict = await check();
    for (; "message" in verdict; verdict = await check()) {
      const blame = verdict;
      const named = blame.file ? ownerOf(blame.file) : undefined;
      if (isSuspect(named)) {
        quarantined.set(named, blame.message);
        deactivate([named]);
        continue;
      }
      // It names nobody: first see whether it is about any of them at all, then halve until it is found.
      const rest = [...suspects].filter(isSuspect);
      deactivate(rest);
      const before = await check();
      if ("message" in before) throw notOurs(name, before, changes);
      await sift(rest, async (refs) => {
        activate(refs);
        const found = await check();
        if (!("message" in found)) return true;
        deactivate(refs);
        if (refs.length === 1) quarantined.set(refs[0]!, found.message);
        return false;
      });
    }
    const foreign = daemonNamed(name).foreignHosts(verdict.output);
    for (const ref of [...suspects].filter(isSuspect)) {
      const host = hostNames(ref).find((each) => foreign(each) !== undefined);
      if (host === undefined) continue;
      quarantined.set(ref, taken(host, foreign(host)!));
      deactivate([ref]);
    }
  }
  return quarantined;
}

/** Accepts what passes together and halves what does not: about `2 k log2(n)` checks for k culprits among n. */
async function sift(
  refs: readonly ResourceRef[],
  accepts: (refs: readonly ResourceRef[]) => Promise<boolean>,
): Promise<void> {
  if (refs.length === 0 || (await accepts(refs)) || refs.length === 1) return;
  const middle = refs.length >> 1;
  await sift(refs.slice(0, middle), accepts);
  await sift(refs.slice(middle), accepts);
}

const taken = (host: string, where: string): string =>
  `${host} is served already by ${where}, which is not Upkeep's; take it out there, or give this site other names`;

/** Runs a daemon's checker: whom it blames, or what it says when it is content. */
async function ask(stage: Stage, name: string, openFiles: number): Promise<Blame | { readonly output: string }> {
  const daemon = daemonNamed(name);
  const { code, stdout, stderr } = await stage.run(withOpenFiles(daemon, daemon.check, openFiles), {
    environment: daemon.environment(openFiles),
  });
  const output = `${stderr}\n${stdout}`.trim();
  if (code === 0) return { output };
  if (
    code === 127 ||
    (/failed to execute|No such file or directory$/.test(stderr.trim()) && stderr.includes(daemon.check[0]))
  ) {
    throw new UserError(
      `${daemon.check[0]} is missing, so nothing can be checked, and nothing was changed. Is the package of ${name} whole?\n  ${stderr.trim()}`,
    );
  }
  if (code === 124) throw new UserError(`${daemon.check.join(" ")} did not end in time; nothing was changed`);
  return daemon.blame(output);
}

function notOurs(name: string, { message }: Blame, changes: readonly Change[]): UserError {
  const edited = changes.filter(({ item, drift }) => drift && readerOf(item) === name).map(({ key }) => key);
  const hint = edited.length > 0 ? `\nEdited by hand: ${edited.join(", ")}` : "";
  return new UserError(
    `${name} refuses its configuration even without these changes, so nothing was changed. Mend it first; it says:\n  ${message.replaceAll("\n", "\n  ")}${hint}`,
  );
}
