import type { Daemon, Needs } from "../../model/daemon.ts";
import { atLeast, type Facts } from "../../model/facts.ts";
import type { Item } from "../../model/item.ts";
import { once } from "../../model/item.ts";
import { allowance, limitDropIn, logFiles } from "../limits.ts";
import { sharedLogDirectory } from "../log-splitter.ts";
import { logRotation } from "../logrotate.ts";
import { webPorts } from "../ports.ts";
import { systemDirectory, systemFile } from "../system-items.ts";
import { block, comment, directive, dollarVariable, expression, type NginxNode, printNginx, raw } from "./config.ts";
import { nginxMaintenance } from "./maintenance.ts";

const name = "nginx";

/** systemd's usual soft limit, of which nginx itself takes none away. */
const usualOpenFiles = 1024;

/** nginx as Debian, Ubuntu and nginx.org package it. */
export const nginx: Daemon = {
  name,
  pidFile: "/run/nginx.pid",
  check: ["nginx", "-t"],
  start: ["nginx"],
  environment: () => ({}),
  reload: { signal: "SIGHUP", doneWhen: "workers", retired: /is shutting down/ },
  errorLog: "/var/log/nginx/error.log",
  /** `nginx: [emerg] unknown directive "x" in /etc/nginx/upkeep/a.conf:3` */
  blame(output) {
    const lines = output.split("\n").filter((line) => /\[(emerg|crit|alert)\]/.test(line));
    const message = (lines.join("\n") || output.trim()).slice(0, 2000);
    const place = / in (?<file>\/\S+):(?<line>\d+)/.exec(message)?.groups;
    return place ? { file: place.file!, line: Number(place.line), message } : { message };
  },
  /** `[warn] 48#48: conflicting server name "a.example.com" on 0.0.0.0:80, ignored` */
  foreignHosts(output) {
    const names = new Set([...output.matchAll(/conflicting server name "([^"]+)"/g)].map(([, host]) => host));
    return (host) => (names.has(host) ? "another server block" : undefined);
  },
  base: (needs, facts) => once([...base(needs, facts), ...nginxMaintenance(needs, facts)]),
  ports: (needs, settings) => webPorts(name, needs, settings),
  openFiles: (needs) =>
    logFiles(needs, name) + 900 > usualOpenFiles ? allowance(logFiles(needs, name)) : usualOpenFiles,
};

function base(needs: Needs, facts: Facts): readonly Item[] {
  if (!needs.has(name)) return [];
  const has = (need: string) => needs.has(`${name} ${need}`);
  const openFiles = nginx.openFiles(needs);
  return [
    { type: "package", name },
    ...(has("tls") && !rejectsHandshakes(facts) ? [{ type: "package", name: "ssl-cert" } as const] : []),
    systemDirectory("/etc/nginx/upkeep"),
    ...(has("shared") ? [systemDirectory(sharedLogDirectory)] : []),
    systemFile("/etc/nginx/sites-enabled/upkeep.conf", printNginx(includes(facts, has)), name),
    logRotation(name, facts.settings.sites.directory),
    ...(openFiles > usualOpenFiles && facts.init === "systemd" ? limitDropIn(name, openFiles, {}) : []),
    { type: "service", name },
  ];
}

/** `ssl_reject_handshake` came with nginx 1.19.4. A nginx yet to be installed is a newer one. */
const rejectsHandshakes = (facts: Facts): boolean => !facts.packages.has(name) || atLeast(facts, name, "1.19.4");

/** Read after the host's own sites, so that whatever was there first keeps its names. */
function includes(facts: Facts, has: (need: string) => boolean): NginxNode[] {
  const { httpsPort } = facts.settings.sites;
  const unlessGiven = (directiveName: string, value: string) =>
    facts.nginxDirectives.has(directiveName) ? [] : [directive(directiveName, value)];
  return [
    comment("Managed by Upkeep: brings in the sites below /etc/nginx/upkeep."),
    ...unlessGiven("server_names_hash_max_size", "65536"),
    ...unlessGiven("server_names_hash_bucket_size", "512"),
    comment("nginx has no way to write a plain dollar sign; this variable is one."),
    block("geo", [expression(`$${dollarVariable}`)], [directive("default", expression("$"))]),
    comment("The methods that a site allows, for the answer that refuses another."),
    block("map", [expression("$host"), expression("$upkeep_methods")], [directive("default", "")]),
    block(
      "map",
      [expression("$status"), expression("$upkeep_allow")],
      [directive("default", ""), directive("405", expression("$upkeep_methods"))],
    ),
    block(
      "map",
      [expression("$http_upgrade"), expression("$upkeep_connection")],
      [directive("default", "upgrade"), raw('"" "";')],
    ),
    ...(has("shared")
      ? [
          directive(
            "log_format",
            "upkeep_shared",
            expression(
              '$server_name $remote_addr - $remote_user [$time_local] "$request" $status $bytes_sent "$http_referer" "$http_user_agent"',
            ),
          ),
        ]
      : []),
    ...(has("tls")
      ? [
          comment("Whoever asks for a name that is not here must not get the first site that is."),
          block(
            "server",
            [],
            [
              directive("listen", String(httpsPort), "ssl"),
              ...(facts.ipv6 ? [directive("listen", `[::]:${httpsPort}`, "ssl")] : []),
              directive("server_name", "upkeep.invalid"),
              ...(rejectsHandshakes(facts)
                ? [directive("ssl_reject_handshake", "on")]
                : [
                    directive("ssl_certificate", "/etc/ssl/certs/ssl-cert-snakeoil.pem"),
                    directive("ssl_certificate_key", "/etc/ssl/private/ssl-cert-snakeoil.key"),
                    directive("return", "444"),
                  ]),
            ],
          ),
        ]
      : []),
    directive("include", "/etc/nginx/upkeep/*.conf"),
  ];
}
