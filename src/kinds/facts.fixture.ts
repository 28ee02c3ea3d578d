import type { Facts } from "../model/facts.ts";
import { defaultSettings } from "../model/settings.ts";

/** A bare Debian 12, for tests of rendering. */
export const bareHost: Facts = {
  os: { id: "debian", version: "12" },
  init: "systemd",
  packages: new Map([
    ["apache2", "2.4.62-1~deb12u2"],
    ["nginx", "1.22.1-9+deb12u2"],
  ]),
  accounts: new Map(),
  groups: new Map(),
  ipv6: true,
  nginxDirectives: new Set(),
  running: new Set(),
  webServer: "apache2",
  serving: ["apache2"],
  settings: defaultSettings,
  foreign: new Map(),
  zones: new Map(),
  now: Date.UTC(2026, 10, 21, 12),
  pages: new Map(),
  links: [],
  program: "/opt/upkeep/upkeep",
};
