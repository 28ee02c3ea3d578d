import type { Item, ServiceCommand } from "../model/item.ts";
import { systemFile } from "./system-items.ts";

/** A program of ours that systemd keeps running, or start-stop-daemon(8) starts where there is no systemd. */
export interface Program {
  readonly name: string;
  readonly description: string;
  /** Comment lines at the top of the unit file. */
  readonly header: readonly string[];
  readonly command: ServiceCommand;
  /** Further lines for `[Service]`. */
  readonly hardening: readonly string[];
}

/** Upkeep's own directory for sockets and the like, there from boot on: a service confined to it does not start without. */
export const sharedRunDirectory = (name: string, init: "systemd" | "none"): Item[] =>
  init === "systemd"
    ? [
        systemFile(
          `/etc/tmpfiles.d/${name}.conf`,
          "# Managed by Upkeep, see tmpfiles.d(5).\nd /run/upkeep 0755 root root -\n",
        ),
      ]
    : [];

/** The unit file, the link that starts it at boot, and that it runs. See systemd.exec(5). */
export function keepRunning(
  { name, description, header, command, hardening }: Program,
  init: "systemd" | "none",
): Item[] {
  const path = `/etc/systemd/system/${name}.service`;
  const content = [
    ...header.map((line) => `# ${line}`),
    "[Unit]",
    `Description=${description}`,
    // However often it fails, it is started again.
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    ...accountOf(command),
    `UMask=${command.umask.toString(8).padStart(4, "0")}`,
    `RuntimeDirectory=${command.runtimeDirectory}`,
    `RuntimeDirectoryMode=${command.isOpen ? "0755" : "0750"}`,
    `ExecStart=${command.argv.join(" ")}`,
    "Restart=on-failure",
    "RestartSec=1",
    "NoNewPrivileges=yes",
    "PrivateTmp=yes",
    ...hardening,
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
  const unit: Item[] = [
    systemFile(path, content),
    {
      type: "link",
      path: `/etc/systemd/system/multi-user.target.wants/${name}.service`,
      target: path,
      removable: true,
    },
  ];
  return [...(init === "systemd" ? unit : []), { type: "service", name, command, definition: content }];
}

/**
 * Root is who a service runs as anyway. With `User=root` beside `NoNewPrivileges=` and anything that installs a seccomp
 * filter, systemd 257 starts it without CAP_SETUID and CAP_SETGID, so that it can start nothing as somebody else.
 */
const accountOf = ({ user, group }: ServiceCommand): readonly string[] =>
  user === "root" && group === "root" ? [] : [`User=${user}`, `Group=${group}`];
