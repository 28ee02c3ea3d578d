import { header, type Site } from "./layout.ts";
import type { SiteSpec } from "./schema.ts";

/** A PHP-FPM pool file: the pool runs as the site's user and sees the site's directory alone. */
export function phpPool(site: Site, php: Exclude<SiteSpec["php"], false>): string {
  const lines = [
    ...header(site.name).map((line) => `; ${line}`),
    `[${site.name}]`,
    `user = ${site.user}`,
    `group = ${site.user}`,
    `listen = ${site.phpSocket}`,
    "listen.owner = www-data",
    "listen.group = www-data",
    "listen.mode = 0600",
    "pm = ondemand",
    `pm.max_children = ${php.children}`,
    "pm.process_idle_timeout = 30s",
    "pm.max_requests = 1000",
    `request_terminate_timeout = ${php.seconds + 5}s`,
    `chdir = ${site.directory}`,
    "security.limit_extensions = .php",
    `php_admin_value[open_basedir] = ${site.directory}:/usr/share/php`,
    `php_admin_value[upload_tmp_dir] = ${site.temporaryDirectory}`,
    `php_admin_value[session.save_path] = ${site.temporaryDirectory}`,
    `php_admin_value[sys_temp_dir] = ${site.temporaryDirectory}`,
    `php_admin_value[memory_limit] = ${php.memory}`,
    `php_admin_value[upload_max_filesize] = ${php.upload}`,
    `php_admin_value[post_max_size] = ${php.upload}`,
    `php_value[max_execution_time] = ${php.seconds}`,
    "php_admin_flag[log_errors] = on",
    "php_flag[display_errors] = off",
  ];
  return `${lines.join("\n")}\n`;
}
