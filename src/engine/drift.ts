import type { Host } from "../host/host.ts";
import type { Known } from "../model/applied.ts";
import type { Facts } from "../model/facts.ts";

/**
 * Whether everything known of a resource still looks as it was left: one lstat(2) an item, nothing read. Where it says
 * no, the plan looks closely.
 */
export function looksUntouched(knowns: readonly Known[], host: Host, { accounts, groups, init }: Facts): boolean {
  const isUntouched = ({ item, signature }: Known): boolean => {
    switch (item.type) {
      case "file":
      case "insertion":
        return host.files.stat(item.path)?.signature === signature;
      case "link":
        return host.files.stat(item.path) !== undefined;
      case "directory": {
        const stat = host.files.stat(item.path);
        if (item.madeBy === "owner") return stat !== undefined;
        return (
          stat?.type === "directory" &&
          stat.uid === accounts.get(item.owner)?.uid &&
          stat.gid === groups.get(item.group)?.gid &&
          (item.owner !== "root" || stat.mode === item.mode)
        );
      }
      case "account":
        return (
          accounts.has(item.name) && item.members.every((member) => groups.get(item.name)?.members.includes(member))
        );
      case "service":
        return (
          item.command === undefined ||
          init !== "systemd" ||
          host.files.stat(`/run/${item.command.runtimeDirectory}`) !== undefined
        );
      case "package":
        return true;
    }
  };
  return knowns.every(isUntouched);
}
