import { basename, dirname } from "node:path";
import type { FileItem } from "../model/item.ts";
import type { Drift } from "../model/plan.ts";
import type { Compare, Placement } from "./item-type.ts";

export const compareFile: Compare<FileItem> = (item, known, { host, facts, written }) => {
  const stat = host.files.stat(item.path);
  const before = known ? written(item.path) : undefined;
  if (!stat) {
    const drift: Drift | undefined =
      before === undefined ? undefined : { written: before, says: "was removed by hand" };
    return { verb: "create", ...(drift && { drift }) };
  }
  if (stat.type !== "file") return { refused: `${item.path} is in the way: it is a ${stat.type}, not a file` };
  const uid = facts.accounts.get(item.owner)?.uid;
  const gid = facts.groups.get(item.group)?.gid;
  const rightsDiffer = stat.uid !== uid || stat.gid !== gid || stat.mode !== item.mode;
  if (known?.signature === stat.signature && before === item.content && !rightsDiffer) return undefined;
  const content = host.files.read(item.path) ?? "";
  if (content === item.content && !rightsDiffer) return undefined;
  const found = { content, mode: stat.mode, uid: stat.uid, gid: stat.gid };
  const drift: Drift | undefined =
    before === undefined
      ? // Something of that name that Upkeep never wrote is kept like an edit.
        { found: content, says: "was here before Upkeep" }
      : content !== before
        ? { written: before, found: content, says: "was edited by hand" }
        : known?.signature !== stat.signature && rightsDiffer
          ? { says: "had its rights changed by hand" }
          : undefined;
  return {
    verb: "update",
    before: found,
    ...(drift && { drift }),
    ...(rightsDiffer && {
      detail: `rights ${stat.mode.toString(8)} -> ${item.mode.toString(8)}, owner ${item.owner}:${item.group}`,
    }),
  };
};

/** A name beside a path that no daemon's include pattern matches. */
const beside = (path: string, word: string, generation: number): string =>
  `${dirname(path)}/.${basename(path)}.upkeep-${word}-${generation}`;

export const filePlacement: Placement<FileItem> = {
  journal: ({ verb, item }, generation) => ({
    verb,
    item: { ...item, content: "" },
    ...(verb !== "delete" && { staged: beside(item.path, "new", generation) }),
    ...(verb !== "create" && { kept: beside(item.path, "old", generation) }),
  }),
  stage({ item }, { staged }, host, identify) {
    if (staged) host.files.create(staged, item.content, { ...identify(item.owner, item.group), mode: item.mode });
  },
  place({ item, verb }, { staged, kept }, host) {
    if (verb === "delete") host.files.rename(item.path, kept!);
    else {
      // The old file keeps a second name, so that taking it back needs no space on the disk.
      if (kept) host.files.link(item.path, kept);
      host.files.rename(staged!, item.path);
    }
  },
  takeBack({ item, verb, staged, kept }, host) {
    const { path } = item as FileItem;
    // A staged file that is gone has taken its place.
    const placed = staged !== undefined && !host.files.stat(staged);
    if (staged) host.files.remove(staged);
    if (kept && host.files.stat(kept)) host.files.rename(kept, path);
    else if (verb === "create" && placed) host.files.remove(path);
    // rename(2) does nothing if both names are of one file: that is an update that got no further than its second name.
    if (kept) host.files.remove(kept);
  },
  forget({ kept }, host) {
    if (kept) host.files.remove(kept);
  },
};
