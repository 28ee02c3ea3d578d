/*
 * Every package that hosts of the lab have. One table, so that each set is built once, before tests start, and hosts that
 * need the same share it.
 */

/** What every host has. */
export const everywhere: readonly string[] = [
  "systemd",
  "systemd-sysv",
  "dbus",
  "iproute2",
  "openssh-server",
  "procps",
  "curl",
  "ca-certificates",
  "openssl",
  "libstdc++6",
  "apache2",
  "nginx",
  "varnish",
  "lighttpd",
  "lighttpd-modules-lua",
  "haproxy",
  "caddy",
  "nftables",
  "php-fpm",
  "fcgiwrap",
  "ssl-cert",
  "logrotate",
  "wrk",
  "nats-server",
  "postgresql",
  "faketime",
];

const databases = ["mariadb-server", "mediawiki", "wordpress", "php-pgsql", "php-gmp", "rsync", "cron"];
const nameServers = ["bind9", "bind9-dnsutils", "knot", "pdns-server", "pdns-backend-sqlite3", "sqlite3"];
const browser = ["chromium", "fonts-dejavu-core", "apache2-doc", "exim4-doc-html"];
const mail = ["exim4-daemon-light"];
const other = ["iputils-ping", "python3-prometheus-client", "fail2ban"];

const full = [...databases, ...nameServers, ...browser, ...mail, ...other];

/**
 * Layers over {@link everywhere}; a host has one at most.
 * - `full`: everything that tests need and that can be on one host.
 * - `postfix`: as `full` has Exim, and a host has one mail server.
 * - `peers`: what benchmarks measure beside Upkeep.
 */
export const packageSets = {
  full,
  postfix: ["postfix", ...other],
  peers: [...full, "gdnsd", "ansible-core", "dokuwiki", "python3-pyinotify"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type PackageSet = keyof typeof packageSets;

/** Sets that tests use; they are built before tests start. */
export const testedSets: readonly PackageSet[] = ["full", "postfix"];

/** Services that a host starts at boot; every other one it starts when it is told to. */
export const bootServices: readonly string[] = [
  "cron.service",
  "dbus.service",
  "remote-fs.target",
  "systemd-networkd.service",
];
