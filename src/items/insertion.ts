import type { InsertionItem } from "../model/item.ts";
import { filePlacement } from "./file.ts";
import type { Compare, Placement } from "./item-type.ts";

export const compareInsertion: Compare<InsertionItem> = (item, _known, { host }) => {
  const stat = host.files.stat(item.path);
  if (stat?.type !== "file") return { refused: `${item.path} is not there any more, so nothing can be put into it` };
  const content = host.files.read(item.path) ?? "";
  if (content === item.content) return undefined;
  const { mode, uid, gid } = stat;
  return { verb: "update", before: { content, mode, uid, gid } };
};

/** Put in place like a file of ours, but as its owner has it. */
export const insertionPlacement: Placement<InsertionItem> = {
  ...(filePlacement as unknown as Placement<InsertionItem>),
  stage({ item, before }, { staged }, host) {
    if (staged && before) host.files.create(staged, item.content, before);
  },
};
