import type { Needs } from "../model/daemon.ts";
import type { Facts } from "../model/facts.ts";
import type { Item } from "../model/item.ts";
import { maintenanceDirectory } from "./maintenance.ts";
import { keepRunning } from "./unit.ts";

/** What a maintenance asks for whose links the server cannot exchange itself. */
export const doorNeed = "maintenance door";

export const doorAccount = "upkeep-door";

const runtimeDirectory = "upkeep-door";

/** Where servers pass the request for a link. */
export const doorSocket = `/run/${runtimeDirectory}/door.sock`;

/** What a request for a link says besides its address: maintenance, site and token, and by which scheme it came. */
export const doorHeaders = { link: "Upkeep-Link", scheme: "Upkeep-Scheme" } as const;

/** Exchanges links for cookies, each once, while there are any. */
export function doorkeeper(needs: Needs, { program, init }: Facts): readonly Item[] {
  if (!needs.has(doorNeed)) return [];
  return [
    { type: "account", name: doorAccount, home: "/nonexistent", shell: "/usr/sbin/nologin", members: [] },
    ...keepRunning(
      {
        name: "upkeep-door",
        description: "Upkeep: lets people into sites in maintenance by links, each once",
        header: ["Managed by Upkeep: there while links into a maintenance are."],
        command: {
          user: doorAccount,
          group: doorAccount,
          umask: 0o077,
          argv: [program, "door"],
          runtimeDirectory,
          isOpen: true,
          socket: doorSocket,
        },
        hardening: [
          "CapabilityBoundingSet=",
          "PrivateNetwork=yes",
          "RestrictAddressFamilies=AF_UNIX",
          "ProtectSystem=strict",
          "ProtectHome=yes",
          "PrivateDevices=yes",
          `ReadWritePaths=${maintenanceDirectory}`,
        ],
      },
      init,
    ),
  ];
}
