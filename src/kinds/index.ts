import type { Kind } from "../model/kind.ts";
import { dnsPoolKind } from "./dns-pool/dns-pool.ts";
import { jailKind } from "./jail/jail.ts";
import { keyWatchKind } from "./key-watch/key-watch.ts";
import { mailLimitKind } from "./mail-limit/mail-limit.ts";
import { maintenanceKind } from "./maintenance/maintenance.ts";
import { notificationKind } from "./notification/notification.ts";
import { revokedKeyKind } from "./revoked-key/revoked-key.ts";
import { siteKind } from "./site/site.ts";

/** Everything an estate can state. */
export const kinds: readonly Kind[] = [
  siteKind,
  maintenanceKind,
  jailKind,
  dnsPoolKind,
  keyWatchKind,
  revokedKeyKind,
  notificationKind,
  mailLimitKind,
];

export const kindNamed = (name: string): Kind | undefined => kinds.find((kind) => kind.name === name);
