import type { Daemon } from "../model/daemon.ts";
import { systemDirectory, systemFile } from "./system-items.ts";

/** PHP-FPM of one version, as Debian, Ubuntu and deb.sury.org package it. */
export function phpFpm(version: string): Daemon {
  const name = `php${version}-fpm`;
  return {
    name,
    pidFile: `/run/php/php${version}-fpm.pid`,
    check: [`php-fpm${version}`, "-t"],
    start: [`php-fpm${version}`, "--daemonize", "--fpm-config", `/etc/php/${version}/fpm/php-fpm.conf`],
    environment: () => ({}),
    // FPM executes itself anew and writes its pid file when it is ready.
    reload: { signal: "SIGUSR2", doneWhen: "pidFile" },
    errorLog: `/var/log/php${version}-fpm.log`,
    /** `[21-Nov-2026 07:00:00] ERROR: [/etc/php/8.2/fpm/pool.d/a.conf:3] unknown entry 'x'` */
    blame(output) {
      const lines = output.split("\n").filter((line) => /(ERROR|ALERT):/.test(line));
      const message = (lines.map((line) => line.replace(/^\[[^\]]*\] /, "")).join("\n") || output.trim()).slice(
        0,
        2000,
      );
      const place = /\[(?<file>\/[^\]:]+):(?<line>\d+)\]/.exec(message)?.groups;
      return place ? { file: place.file!, line: Number(place.line), message } : { message };
    },
    foreignHosts: () => () => undefined,
    base: (needs) =>
      needs.has(name)
        ? [
            { type: "package", name },
            // Made at boot (tmpfiles.d(5)), where that works; without it FPM does not start.
            { ...systemDirectory("/run/php"), owner: "www-data", group: "www-data" },
            systemFile(
              `/etc/php/${version}/fpm/pool.d/00-upkeep.conf`,
              "; Managed by Upkeep: a reload lets running requests finish.\n[global]\nprocess_control_timeout = 10s\n",
              name,
            ),
            { type: "service", name },
          ]
        : [],
    ports: () => [],
    openFiles: () => 1024,
  };
}

const versions = ["7.4", "8.0", "8.1", "8.2", "8.3", "8.4", "8.5"];

export const phpFpms: readonly Daemon[] = versions.map(phpFpm);
