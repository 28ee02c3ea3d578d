import type { PackageItem } from "../model/item.ts";
import type { Compare } from "./item-type.ts";

export const comparePackage: Compare<PackageItem> = (item, _known, { facts }) =>
  facts.packages.has(item.name) ? undefined : { verb: "create", detail: "install" };
