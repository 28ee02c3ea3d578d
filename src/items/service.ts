import { masterOf } from "../host/services.ts";
import type { ServiceItem } from "../model/item.ts";
import type { Compare } from "./item-type.ts";

const wanted = (name: string): string => `/etc/systemd/system/multi-user.target.wants/${name}.service`;

export const compareService: Compare<ServiceItem> = (item, known, { host, facts }) => {
  const atBoot = facts.init !== "systemd" || host.files.stat(wanted(item.name)) !== undefined;
  if (!item.command) {
    if (!facts.running.has(item.name)) return { verb: "create", detail: "start" };
    return atBoot ? undefined : { verb: "update", detail: "start at boot" };
  }
  const alive =
    facts.init === "systemd"
      ? host.files.stat(`/run/${item.command.runtimeDirectory}`) !== undefined
      : masterOf(host, { pidFile: `/run/${item.name}.pid` }) !== undefined;
  if (!alive) return { verb: "create", detail: "start" };
  const before = known?.item.type === "service" ? known.item.definition : undefined;
  return before === item.definition ? undefined : { verb: "update", detail: "restart" };
};
