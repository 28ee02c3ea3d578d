import type { Needs } from "../model/daemon.ts";
import type { Facts } from "../model/facts.ts";
import type { Item } from "../model/item.ts";
import { jailDirectory } from "../model/jail.ts";
import { keyWatchDirectory, revocationDirectory, revokedKeysDirectory } from "../model/key.ts";
import { mailLimitDirectory, stoppedDirectory } from "../model/mail-limit.ts";
import { notificationDirectory, notifyAccount } from "../model/notification.ts";
import { poolDirectory } from "../model/pool.ts";
import { refusedDirectory } from "../model/refused-names.ts";
import { bindDirectory, publishesPools } from "./bind/bind.ts";
import { revocationNeed } from "./openssh.ts";
import { ownDirectory, systemDirectory } from "./system-items.ts";
import { keepRunning, sharedRunDirectory } from "./unit.ts";

/** What a resource asks for that wants something looked at all the time. */
export const watchNeed = "watches";

/** What a resource asks for that wants somebody told of what happens. */
export const notifyNeed = "notifications";

/** What a resource asks for that wants mail counted, and refused. */
export const mailLimitNeed = "mail limits";

/** What a resource asks for that has the servers of sites refuse somebody. */
export const refusalNeed = "refused visitors";

const account = "upkeep-watch";
const directory = "/var/lib/upkeep-watch";

/** What looks at logs without privileges, and the guard that acts on what it says, while any resource needs them. */
export function watches(needs: Needs, { program, init }: Facts): readonly Item[] {
  if (!needs.has(watchNeed)) return [];
  const common = { owner: account, group: account, madeBy: "root", ifForeign: "take" } as const;
  return [
    { type: "package", name: "nftables" },
    { type: "account", name: account, home: directory, shell: "/usr/sbin/nologin", members: [] },
    ...(needs.has(notifyNeed)
      ? [
          {
            type: "account",
            name: notifyAccount,
            home: "/nonexistent",
            shell: "/usr/sbin/nologin",
            members: [],
          } as const,
        ]
      : []),
    { type: "directory", path: directory, mode: 0o700, ...common },
    systemDirectory("/etc/upkeep"),
    ...[
      ...[jailDirectory, keyWatchDirectory, revokedKeysDirectory, poolDirectory, notificationDirectory],
      mailLimitDirectory,
    ].map((path) => ownDirectory(path)),
    ...(needs.has(mailLimitNeed)
      ? [{ ...ownDirectory(stoppedDirectory), goesWithContents: true, seed: { stopped: "" } } as const]
      : []),
    ...sharedRunDirectory("upkeep-watches", init),
    ...keepRunning(
      {
        name: "upkeep-watches",
        description: "Upkeep: looks at logs and keeps out whom its jails ban",
        header: ["Managed by Upkeep: for resources that something has to be looked at for."],
        command: {
          user: "root",
          group: "root",
          umask: 0o077,
          argv: [program, "watch"],
          runtimeDirectory: "upkeep-watches",
        },
        // Root for the packet filter, and to start what has no rights; not for what the logs say.
        hardening: [
          "CapabilityBoundingSet=CAP_NET_ADMIN CAP_SETUID CAP_SETGID CAP_SETPCAP CAP_DAC_READ_SEARCH CAP_DAC_OVERRIDE CAP_KILL",
          "ProtectSystem=strict",
          `ReadWritePaths=${["/var/lib/upkeep", directory, ...writtenFor(needs), "/run/upkeep", "-/root/.cache"].join(" ")}`,
          // Where certificates lie it looks how long they are good.
          "InaccessiblePaths=-/etc/shadow -/etc/gshadow -/etc/ssl/private",
          "RestrictRealtime=yes",
          // By this directory an agent sees whether it runs. What systemd starts again and again it leaves to systemd, which counts.
          "RuntimeDirectoryPreserve=restart",
        ],
      },
      init,
    ),
  ];
}

/**
 * Where the guard writes for resources of some kinds alone. A service cannot write to what was made after its start, so the
 * first resource of such a kind has to change the unit, by which the guard is started anew.
 */
const writtenFor = (needs: Needs): string[] => [
  ...(needs.has(revocationNeed) ? [`-${revocationDirectory}`] : []),
  ...(needs.has(refusalNeed) ? [`-${refusedDirectory}`] : []),
  ...(needs.has(mailLimitNeed) ? [`-${stoppedDirectory}`] : []),
  ...(publishesPools(needs) ? [`-${bindDirectory}`] : []),
];
