import type { Daemon, Needs } from "../../model/daemon.ts";
import type { Facts } from "../../model/facts.ts";
import type { Item } from "../../model/item.ts";
import { once } from "../../model/item.ts";
import { allowance, limitDropIn, logFiles } from "../limits.ts";
import { sharedLogDirectory } from "../log-splitter.ts";
import { logRotation } from "../logrotate.ts";
import { webPorts } from "../ports.ts";
import { systemDirectory, systemFile } from "../system-items.ts";
import { type ApacheNode, comment, directive, printApache, section } from "./config.ts";
import { apacheMaintenance, enabled, pagePorts } from "./maintenance.ts";
import { foreignHosts } from "./virtual-hosts.ts";

const name = "apache2";

/** What `apache2ctl` allows by itself (`ulimit -n 8192`). */
const usualOpenFiles = 8192;

/** Apache httpd 2.4 as Debian and Ubuntu package it. */
export const apache: Daemon = {
  name,
  pidFile: "/run/apache2/apache2.pid",
  check: ["apache2ctl", "-t", "-D", "DUMP_VHOSTS"],
  start: ["apache2ctl", "start"],
  environment: (openFiles) => ({ APACHE_ULIMIT_MAX_FILES: `ulimit -n ${openFiles}` }),
  // What `apache2ctl graceful` sends, without its second check of what has just been checked.
  reload: { signal: "SIGUSR1", doneWhen: "workers" },
  errorLog: "/var/log/apache2/error.log",
  /**
   * `AH00526: Syntax error on line 3 of /etc/apache2/upkeep/a.conf:` and the reason on the next line. Of a chain of
   * includes the last file is the one. Missing log directories are `... defined at /etc/apache2/upkeep/a.conf:7`.
   */
  blame(output) {
    const lines = output
      .split("\n")
      .filter((line) => line.trim() !== "" && !/^AH00(558|112|111):|^Action '|^The Apache error log/.test(line));
    const message = lines.join("\n").slice(0, 2000);
    const place =
      /defined at (?<file>\/[^\s:]+):(?<line>\d+)/.exec(output)?.groups ??
      [...output.matchAll(/on line (?<line>\d+) of (?<file>\/[^\s:]+)/g)].at(-1)?.groups;
    return place ? { file: place.file!, line: Number(place.line), message } : { message };
  },
  foreignHosts,
  base: (needs, facts) => once([...base(needs, facts), ...apacheMaintenance(needs, facts)]),
  ports: (needs, settings) => [...webPorts(name, needs, settings), ...pagePorts(needs)],
  openFiles: (needs) =>
    logFiles(needs, name) + 1024 > usualOpenFiles ? allowance(logFiles(needs, name)) : usualOpenFiles,
};

/** Modules by need; each is enabled as a2enmod(8) does, with what it depends on. */
const modules: Readonly<Record<string, readonly string[]>> = {
  "": ["rewrite.load", "headers.load", "alias.load", "alias.conf", "dir.load", "dir.conf", "mime.load", "mime.conf"],
  tls: ["ssl.load", "ssl.conf", "socache_shmcb.load", "http2.load", "http2.conf"],
  fastcgi: ["proxy.load", "proxy.conf", "proxy_fcgi.load"],
  proxy: ["proxy.load", "proxy.conf", "proxy_http.load"],
  "trusted proxies": ["remoteip.load"],
  auth: ["auth_basic.load", "authn_core.load", "authn_file.load", "authz_user.load"],
};

function base(needs: Needs, facts: Facts): readonly Item[] {
  if (!needs.has(name)) return [];
  const has = (need: string) => needs.has(`${name} ${need}`);
  const links = new Set(Object.entries(modules).flatMap(([need, files]) => (need === "" || has(need) ? files : [])));
  const openFiles = apache.openFiles(needs);
  return [
    { type: "package", name },
    ...(has("tls") ? [{ type: "package", name: "ssl-cert" } as const] : []),
    systemDirectory("/etc/apache2/upkeep"),
    systemDirectory("/etc/apache2/upkeep/wildcard"),
    ...(has("shared") ? [systemDirectory(sharedLogDirectory)] : []),
    ...[...links].map(enabled),
    systemFile("/etc/apache2/sites-enabled/zz-upkeep.conf", printApache(includes(facts, has)), name),
    logRotation(name, facts.settings.sites.directory),
    ...(openFiles > usualOpenFiles && facts.init === "systemd"
      ? limitDropIn(name, openFiles, apache.environment(openFiles))
      : []),
    { type: "service", name },
  ];
}

/** Read after every other site of the host, so that whatever was there first keeps its names. */
function includes({ settings: { sites } }: Facts, has: (need: string) => boolean): ApacheNode[] {
  return [
    comment("Managed by Upkeep: brings in the sites below /etc/apache2/upkeep."),
    ...(sites.httpPort === 80 ? [] : [directive("Listen", String(sites.httpPort))]),
    ...(has("tls") && sites.httpsPort !== 443 ? [directive("Listen", String(sites.httpsPort))] : []),
    ...(has("shared")
      ? [
          directive("LogFormat", '%v %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"', "upkeep_shared"),
          comment(
            "A site without a log of its own writes here. One log for all: ten thousand would need too many open files.",
          ),
          directive("CustomLog", `${sharedLogDirectory}/${name}-access.log`, "upkeep_shared"),
        ]
      : []),
    ...(has("tls")
      ? [
          comment("Whoever asks for a name that is not here must not get the first site that is."),
          section(
            "VirtualHost",
            [`*:${sites.httpsPort}`],
            [
              directive("ServerName", "upkeep.invalid"),
              directive("SSLEngine", "on"),
              directive("SSLCertificateFile", "/etc/ssl/certs/ssl-cert-snakeoil.pem"),
              directive("SSLCertificateKeyFile", "/etc/ssl/private/ssl-cert-snakeoil.key"),
              directive("Redirect", "404", "/"),
            ],
          ),
        ]
      : []),
    directive("IncludeOptional", "/etc/apache2/upkeep/*.conf"),
    directive("IncludeOptional", "/etc/apache2/upkeep/wildcard/*.conf"),
  ];
}
