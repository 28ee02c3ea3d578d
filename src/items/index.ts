import type { Known } from "../model/applied.ts";
import type { Item } from "../model/item.ts";
import { compareAccount } from "./account.ts";
import { compareDirectory, directoryPlacement } from "./directory.ts";
import { compareFile, filePlacement } from "./file.ts";
import { compareInsertion, insertionPlacement } from "./insertion.ts";
import type { Compare, Comparison, Look, Placement } from "./item-type.ts";
import { compareLink, linkPlacement } from "./link.ts";
import { comparePackage } from "./package.ts";
import { compareService } from "./service.ts";

const compares = {
  file: compareFile,
  insertion: compareInsertion,
  directory: compareDirectory,
  link: compareLink,
  account: compareAccount,
  package: comparePackage,
  service: compareService,
};

/** How the host differs from an item, if it does. */
export const compare = (item: Item, known: Known | undefined, look: Look): Comparison | undefined =>
  (compares[item.type] as Compare<Item>)(item, known, look);

export type PathItem = Extract<Item, { path: string }>;

export const isPathItem = (item: Item): item is PathItem => "path" in item;

/** How the three kinds of path are put in place and taken back. */
export const placementOf = (item: PathItem): Placement<PathItem> =>
  ({ file: filePlacement, insertion: insertionPlacement, directory: directoryPlacement, link: linkPlacement })[
    item.type
  ] as unknown as Placement<PathItem>;
