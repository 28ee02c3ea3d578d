import { hash } from "node:crypto";
import { answersDirectory, keyOf } from "../../daemons/maintenance.ts";
import type { Facts } from "../../model/facts.ts";
import type { Resource } from "../../model/resource.ts";
import { markerPath } from "../site/layout.ts";
import { canonicalNetwork } from "../values.ts";
import type { MaintenanceSpec } from "./schema.ts";

export type ServerName = NonNullable<MaintenanceSpec["server"]>;

/** A maintenance with everything that follows from its record and the host worked out. */
export interface Layout {
  readonly name: string;
  /** The name as a part of variables in configuration languages: letters, digits and `_`. */
  readonly id: string;
  readonly spec: MaintenanceSpec;
  /** Whom it is about, one switch each. */
  readonly keys: readonly Key[];
  /** Where its switches and answers are. */
  readonly directory: string;
  /** Paths that stay up; Upkeep's own among them, by which it sees that a site's configuration is live. */
  readonly keep: readonly string[];
  readonly allow: readonly string[];
  readonly trustedProxies: readonly string[];
  /** The visitor's address comes from this header when a trusted proxy asks; in lower case. */
  readonly addressHeader: string;
  /** How long a link is good; 0: there are none. */
  readonly linkSeconds: number;
}

/** One of the sites, or a pattern of several. */
export interface Key {
  /** A file name: `shop.example.com`, `_.example.org` for `*.example.org`, `all`. */
  readonly name: string;
  readonly covers: "one" | "below" | "all";
  /** `shop.example.com`; for `*.example.org`: `example.org`; empty for all. */
  readonly host: string;
}

export function layOut({ name, spec }: Resource<MaintenanceSpec>, facts: Facts): Layout {
  return {
    name,
    id: identifierOf(name),
    spec,
    keys: keysOf(spec),
    directory: `${answersDirectory(spec.server, facts)}/${name}`,
    keep: [...spec.keep, markerPath],
    allow: spec.allow.map(canonicalNetwork),
    trustedProxies: spec.trustedProxies.map(canonicalNetwork),
    addressHeader: spec.addressHeader.toLowerCase(),
    linkSeconds: spec.secret ? spec.secret.hours * 3600 : 0,
  };
}

export function keysOf({ sites }: Pick<MaintenanceSpec, "sites">): Key[] {
  if (sites === "all") return [{ name: "all", covers: "all", host: "" }];
  return [...new Set(sites)].map((site) =>
    site.startsWith("*.")
      ? { name: keyOf(site), covers: "below", host: site.slice(2) }
      : { name: site, covers: "one", host: site },
  );
}

/**
 * Two names never share one: what cannot stand in an identifier is told apart by a digest. It is short, since nginx has no
 * room for long names of variables (`variables_hash_bucket_size`).
 */
export function identifierOf(name: string): string {
  if (/^[a-z0-9]{1,16}$/.test(name)) return name;
  return `${name.replace(/[^a-z0-9]/g, "_").slice(0, 12)}_${hash("sha256", name).slice(0, 8)}`;
}

/** The cookie that lets a browser in. */
export const cookieName = ({ id }: Layout): string => `upkeep_${id}`;

/** How the tokens of a site or pattern begin; a server block may be concerned by several. */
export const tokenPrefix = (maintenance: string, key: string): string =>
  `${maintenance}.${hash("sha256", key).slice(0, 6)}.`;

/** What a link and its cookie look like: whom and what they are for, their end (seconds since 1970), the signature. */
export const tokenPattern = ({ name }: Layout): string =>
  `${name.replaceAll(".", "\\.")}\\.[0-9a-f]{6}\\.[0-9]+\\.[A-Za-z0-9_-]{43}`;

export const linkPath = "/.maintenance/";

/** Internal addresses; nobody reaches them from outside. */
export const insidePath = "/.upkeep/maintenance/";

/** All but `Set-Cookie` that belongs to every answer of the switch. */
export const cookieAttributes = ({ linkSeconds }: Layout): string =>
  `Path=/; Max-Age=${linkSeconds}; HttpOnly; SameSite=Lax`;
