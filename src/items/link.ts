import type { LinkItem } from "../model/item.ts";
import type { Compare, Placement } from "./item-type.ts";

export const compareLink: Compare<LinkItem> = (item, _known, { host }) => {
  const stat = host.files.stat(item.path);
  if (!stat) return { verb: "create", detail: `-> ${item.target}` };
  // A module that someone enabled in another way is enabled all the same.
  return undefined;
};

export const linkPlacement: Placement<LinkItem> = {
  journal: ({ verb, item }) => ({ verb, item }),
  stage() {},
  place({ verb, item }, _entry, host) {
    if (verb === "delete") host.files.remove(item.path);
    else host.files.symlink(item.target, item.path);
  },
  takeBack({ verb, item }, host) {
    const { path, target } = item as LinkItem;
    if (verb === "delete") {
      if (!host.files.stat(path)) host.files.symlink(target, path);
      return;
    }
    if (host.files.stat(path)?.type === "link" && host.files.readLink(path) === target) host.files.remove(path);
  },
  forget() {},
};
