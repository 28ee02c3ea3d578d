import type { Daemon } from "../model/daemon.ts";
import { apache } from "./apache/apache.ts";
import { bind } from "./bind/bind.ts";
import { caddy } from "./caddy/caddy.ts";
import { exim } from "./exim.ts";
import { haproxyDaemon } from "./haproxy/haproxy.ts";
import { lighttpd } from "./lighttpd/lighttpd.ts";
import { nginx } from "./nginx/nginx.ts";
import { openssh } from "./openssh.ts";
import { phpFpms } from "./php-fpm.ts";
import { postfix } from "./postfix.ts";
import { varnish } from "./varnish/varnish.ts";

/** Every server program Upkeep knows, in the order in which they are reloaded: what others rely on comes first. */
export const daemons: readonly Daemon[] = [
  ...phpFpms,
  apache,
  nginx,
  lighttpd,
  caddy,
  varnish,
  haproxyDaemon,
  openssh,
  exim,
  postfix,
  bind,
];

const byName = new Map(daemons.map((daemon) => [daemon.name, daemon]));

export function daemonNamed(name: string): Daemon {
  const daemon = byName.get(name);
  if (!daemon) throw new Error(`no daemon is called ${name}`);
  return daemon;
}

/** The packages and services that resources need of no daemon in particular. */
export const otherPackages: Readonly<Record<string, string>> = { cgi: "fcgiwrap" };
