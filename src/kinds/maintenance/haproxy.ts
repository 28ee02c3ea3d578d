import { presenceKey } from "../../daemons/haproxy/haproxy.ts";
import { lua } from "../../daemons/lighttpd/lua.ts";
import { systemFile } from "../../daemons/system-items.ts";
import { type Code, code, fileOf } from "../../daemons/template.ts";
import type { FileItem } from "../../model/item.ts";
import { headerFor } from "../header.ts";
import { cookieName, type Key, type Layout, linkPath } from "./layout.ts";
import { statuses } from "./schema.ts";

/** What HAProxy's script knows of one maintenance; the script itself is the same for all, in `daemons/haproxy`. */
export const haproxyFiles = (layout: Layout): Record<string, string> => ({
  [`/etc/haproxy/upkeep/${layout.name}.lua`]: fileOf(
    ...headerFor("Maintenance", layout.name).map((line) => code(`-- ${line}`)),
    lua`return {
  name = ${layout.name},
  status = ${layout.spec.status},
  reason = ${statuses[layout.spec.status]},
  keep = ${list(layout.keep)},
  allow = ${list(layout.allow)},
  proxies = ${list(layout.trustedProxies)},
  address_header = ${layout.addressHeader},
  link_path = ${linkPath},
  cookie = ${layout.linkSeconds > 0 ? lua`${cookieName(layout)}` : code("nil")},
}`,
  ),
});

const list = (values: readonly string[]): Code =>
  values.length === 0 ? code("{}") : lua`{\n  ${values.map((value) => lua`${value},`)}\n}`;

/** The switch: maps from host names to the switch that is on for them. They change at run time. */
export function haproxyMaps({ name, keys }: Layout, on: boolean): FileItem[] {
  const map = (end: string, of: readonly Key[], nameIn: (key: Key) => string) =>
    of.length === 0
      ? []
      : [
          systemFile(
            `/etc/haproxy/upkeep/${name}${end}.map`,
            [
              ...headerFor("Maintenance", name).map((line) => `# ${line}`),
              ...(on ? [`${presenceKey} -`, ...of.map((key) => `${nameIn(key)} ${name}/${key.name}`)] : []),
              "",
            ].join("\n"),
          ),
        ];
  return [
    ...map(
      "",
      keys.filter(({ covers }) => covers !== "below"),
      (key) => key.name,
    ),
    ...map(
      ".below",
      keys.filter(({ covers }) => covers === "below"),
      (key) => `.${key.host}`,
    ),
  ];
}
