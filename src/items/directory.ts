import { dirname } from "node:path";
import type { Host } from "../host/host.ts";
import type { DirectoryItem } from "../model/item.ts";
import type { Compare, Placement } from "./item-type.ts";

export const compareDirectory: Compare<DirectoryItem> = (item, _known, { host, facts, unsafe: known }) => {
  const stat = host.files.stat(item.path);
  // Below a customer's directory the customer decides; it is only made where there is nothing.
  if (item.madeBy === "owner") return stat ? undefined : { verb: "create" };
  const unsafe = whyUnsafe(host, dirname(item.path), known);
  if (unsafe) return { refused: unsafe };
  if (!stat) return { verb: "create" };
  if (stat.type !== "directory") {
    return {
      refused: `${item.path} is ${stat.type === "link" ? "a symbolic link" : `a ${stat.type}`}, not a directory; Upkeep follows no links here`,
    };
  }
  const uid = facts.accounts.get(item.owner)?.uid;
  const gid = facts.groups.get(item.group)?.gid;
  if (stat.uid !== uid && item.ifForeign === "refuse") {
    const owner = [...facts.accounts].find(([, account]) => account.uid === stat.uid)?.[0] ?? `uid ${stat.uid}`;
    return {
      refused: `${item.path} belongs to ${owner}, who could replace what the server reads and writes in it. Give the site a user of its own (leave out spec.user), give the directory to root, or keep sites elsewhere (sites.directory in /etc/upkeep/host.yaml)`,
    };
  }
  // What a customer's directory lets others do is the customer's business: its parent keeps strangers out.
  const modeDiffers = item.owner === "root" && stat.mode !== item.mode;
  if (stat.uid === uid && stat.gid === gid && !modeDiffers) return undefined;
  return { verb: "update", detail: `owner ${item.owner}:${item.group}, rights ${item.mode.toString(8)}` };
};

/** Why root must not work in a directory, or in one above it: someone else could put a link there. */
function whyUnsafe(host: Host, directory: string, known: Map<string, string | undefined>): string | undefined {
  if (directory === "/") return undefined;
  if (!known.has(directory))
    known.set(directory, whyUnsafeItself(host, directory) ?? whyUnsafe(host, dirname(directory), known));
  return known.get(directory);
}

function whyUnsafeItself(host: Host, directory: string): string | undefined {
  const stat = host.files.stat(directory);
  if (!stat) return undefined;
  if (stat.type === "link")
    return `${directory} is a symbolic link; name the real directory (sites.directory in /etc/upkeep/host.yaml)`;
  if (stat.type !== "directory") return `${directory} is not a directory`;
  if (stat.uid !== 0) return `${directory} does not belong to root: its owner could replace what is below it`;
  // A group of the system's own may write to some, as `syslog` may to /var/log on Ubuntu.
  if ((stat.mode & 0o002) !== 0 || ((stat.mode & 0o020) !== 0 && stat.gid >= 1000))
    return `${directory} may be written by others than root, who could replace what is below it`;
  return undefined;
}

export const directoryPlacement: Placement<DirectoryItem> = {
  journal({ verb, item }, _generation, host) {
    const stat = verb === "update" ? host.files.stat(item.path) : undefined;
    return {
      verb,
      // Of what it is filled with, the names are enough to empty it again.
      item: item.seed ? { ...item, seed: Object.fromEntries(Object.keys(item.seed).map((name) => [name, ""])) } : item,
      ...(stat && { rights: { uid: stat.uid, gid: stat.gid, mode: stat.mode } }),
    };
  },
  stage() {},
  async place({ verb, item }, _entry, host, identify) {
    const ids = { ...identify(item.owner, item.group), mode: item.mode };
    if (item.madeBy === "owner") return placeAsOwner(item, ids, host);
    if (verb === "update") return host.files.setIds(item.path, ids);
    // What is in it waits there until the generation is settled; then the directory goes, too.
    if (verb === "delete") return;
    host.files.makeDirectory(item.path, ids, () => {
      for (const [name, content] of Object.entries(item.seed ?? {})) {
        host.files.create(`${item.path}/${name}`, content, { uid: ids.uid, gid: ids.gid, mode: item.mode & 0o644 });
      }
    });
  },
  takeBack({ verb, item, rights }, host) {
    const { path, seed, madeBy } = item as DirectoryItem;
    if (host.files.stat(path)?.type !== "directory") return;
    if (verb === "update" && rights) return host.files.setIds(path, rights);
    // What the customer made in the meantime stays, and so does the directory; below it root removes nothing.
    if (verb !== "create" || madeBy === "owner") return;
    const names = host.files.list(path);
    if (names.some((name) => seed?.[name] === undefined)) return;
    for (const name of names) host.files.remove(`${path}/${name}`);
    host.files.removeDirectory(path);
  },
  forget({ verb, item }, host) {
    const { path, goesWithContents } = item as DirectoryItem;
    if (verb !== "delete" || host.files.stat(path)?.type !== "directory") return;
    if (goesWithContents) for (const name of host.files.list(path)) host.files.remove(`${path}/${name}`);
    if (host.files.list(path).length === 0) host.files.removeDirectory(path);
  },
};

/**
 * Made with the rights of the one who owns the parent: whatever links lie there lead only where that one may go. Where it
 * cannot be made, that is the owner's doing and harms only the owner's site, so it holds up nobody; the next plan shows
 * that it is still missing.
 */
async function placeAsOwner(
  item: DirectoryItem,
  { uid, gid, mode }: { uid: number; gid: number; mode: number },
  host: Host,
) {
  const as = ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--"] as const;
  await host.processes.run([...as, "mkdir", `--mode=${mode.toString(8)}`, "--", item.path]);
  for (const [name, content] of Object.entries(item.seed ?? {})) {
    await host.processes.run([...as, "tee", "--", `${item.path}/${name}`], { input: content });
  }
}
