import type { Daemon, Needs } from "../model/daemon.ts";
import type { Facts } from "../model/facts.ts";
import type { Item } from "../model/item.ts";
import { revocationDirectory, revocationList } from "../model/key.ts";
import { guest } from "./guest.ts";
import { ownDirectory, systemFile } from "./system-items.ts";

const name = "ssh";

/** sshd is to say of each key what came of it; it is to take none that is revoked. */
export const keyWordsNeed = "ssh words of keys";
export const revocationNeed = "ssh revoked keys";

const main = "/etc/ssh/sshd_config";
const dropIn = "/etc/ssh/sshd_config.d/00-upkeep-keys.conf";

/** OpenSSH's server as Debian and Ubuntu package it. */
export const openssh: Daemon = {
  ...guest,
  name,
  pidFile: "/run/sshd.pid",
  check: ["sshd", "-t"],
  // Connections that stand have processes of their own, and stay.
  reload: { unit: name, process: "sshd", command: ["pkill", "-HUP", "--pidfile", "/run/sshd.pid"] },
  errorLog: "/var/log/auth.log",
  /** `/etc/ssh/sshd_config.d/00-upkeep-keys.conf: line 3: Bad configuration option: Foo` */
  blame(output) {
    const message = output.trim().slice(0, 2000);
    const place = /(?<file>\/[^\s:]+):? line (?<line>\d+)/.exec(output)?.groups;
    return place ? { file: place.file!, line: Number(place.line), message } : { message };
  },
  base,
};

/** Of each option the first value counts, and this file is read first. */
function base(needs: Needs): readonly Item[] {
  const isRevoking = needs.has(revocationNeed);
  if (!needs.has(keyWordsNeed) && !isRevoking) return [];
  return [
    // Without the list sshd would take no key at all: it is there before sshd is told of it.
    ...(isRevoking
      ? [{ ...ownDirectory(revocationDirectory), goesWithContents: true, seed: { revoked: "" } } as const]
      : []),
    systemFile(
      dropIn,
      [
        "# Managed by Upkeep: for resources of the kinds KeyWatch and RevokedKey.",
        ...(needs.has(keyWordsNeed) ? ["LogLevel VERBOSE"] : []),
        ...(isRevoking ? [`RevokedKeys ${revocationList}`] : []),
        "",
      ].join("\n"),
      name,
    ),
  ];
}

/** Why keys cannot be looked after here; `undefined` if they can. */
export function whyNoKeys({ packages, foreign }: Facts): string | undefined {
  if (!packages.has("openssh-server")) return "openssh-server is not installed here";
  const text = foreign.get(main) ?? "";
  if (!/^\s*Include\s+(?:"?\/etc\/ssh\/)?sshd_config\.d\/\*\.conf/im.test(text))
    return `${main} does not begin with \`Include /etc/ssh/sshd_config.d/*.conf\`, as Debian's does; put that line into it`;
  for (const [file, each] of foreign) {
    const other =
      file.startsWith("/etc/ssh/") && /^\s*RevokedKeys\s+(?!none\s*$)(?<path>\S+)/im.exec(each)?.groups?.path;
    if (other)
      return `${file} names ${other} for revoked keys, and sshd looks at one list only; state those keys as RevokedKey and take that line out`;
  }
  return undefined;
}
