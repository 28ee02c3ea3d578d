import { basename, dirname } from "node:path";
import type { Host } from "../host/host.ts";
import type { LinkItem } from "../model/item.ts";
import type { Compare, Placement } from "./item-type.ts";

export const compareLink: Compare<LinkItem> = (item, _known, { host }) => {
  const stat = host.files.stat(item.path);
  if (!stat) return { verb: "create", detail: `-> ${item.target}` };
  // A module that someone enabled in another way is enabled all the same.
  if (!item.removable) return undefined;
  if (stat.type !== "link") return { refused: `${item.path} is in the way: it is a ${stat.type}, not a link` };
  return host.files.readLink(item.path) === item.target ? undefined : { verb: "update", detail: `-> ${item.target}` };
};

export const linkPlacement: Placement<LinkItem> = {
  journal({ verb, item }, _generation, host) {
    const target = verb === "update" ? host.files.readLink(item.path) : undefined;
    return { verb, item, ...(target !== undefined && { target }) };
  },
  stage() {},
  place({ verb, item }, _entry, host) {
    if (verb === "delete") host.files.remove(item.path);
    else if (verb === "update") lead(host, item.path, item.target);
    else host.files.symlink(item.target, item.path);
  },
  takeBack({ verb, item, target: former }, host) {
    const { path, target } = item as LinkItem;
    if (verb === "delete") {
      if (!host.files.stat(path)) host.files.symlink(target, path);
      return;
    }
    if (host.files.stat(path)?.type !== "link" || host.files.readLink(path) !== target) return;
    if (former === undefined) host.files.remove(path);
    else lead(host, path, former);
  },
  forget() {},
};

/** Lets a link lead elsewhere, at one instant: whoever follows it finds the one place or the other. */
function lead(host: Host, path: string, target: string): void {
  const beside = `${dirname(path)}/.${basename(path)}.upkeep-new`;
  host.files.remove(beside);
  host.files.symlink(target, beside);
  host.files.rename(beside, path);
}
