import type { AccountItem } from "../model/item.ts";
import type { Compare } from "./item-type.ts";

export const compareAccount: Compare<AccountItem> = (item, _known, { facts }) => {
  const account = facts.accounts.get(item.name);
  if (!account) return { verb: "create", detail: `home ${item.home}, no login` };
  const group = facts.groups.get(item.name);
  if (!group || group.gid !== account.gid) {
    return {
      refused: `the account ${item.name} has no group of its own name, which keeps its files apart from others'`,
    };
  }
  const missing = item.members.filter((member) => !group.members.includes(member));
  return missing.length > 0 ? { verb: "update", detail: `${missing.join(", ")} joins its group` } : undefined;
};
