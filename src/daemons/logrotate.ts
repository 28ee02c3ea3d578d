import type { Item } from "../model/item.ts";
import { systemFile } from "./system-items.ts";

/** Keeps a fortnight of every site's own logs; the shared ones likewise. See logrotate(8). */
export function logRotation(daemon: string, sitesDirectory: string): Item {
  const content = `# Managed by Upkeep: logs of the sites that ${daemon} serves.
${sitesDirectory}/*/*/log/*.log /var/log/upkeep/*.log {
    daily
    rotate 14
    missingok
    notifempty
    compress
    delaycompress
    sharedscripts
    su root root
    postrotate
        invoke-rc.d ${daemon} ${daemon === "nginx" ? "rotate" : "reload"} >/dev/null 2>&1 || true
    endscript
}
`;
  return systemFile(`/etc/logrotate.d/upkeep-${daemon}`, content);
}
