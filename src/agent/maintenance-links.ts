import { createHmac, randomBytes } from "node:crypto";
import { keyOf } from "../daemons/maintenance.ts";
import type { Ledger } from "../engine/ledger.ts";
import { tokenPrefix } from "../kinds/maintenance/layout.ts";
import type { MaintenanceLink } from "../model/facts.ts";

const issued = "maintenance links";
const key = "maintenance key";

/** The links that have been made on this host, those that have ended included until the next one is made. */
export const issuedLinks = (ledger: Ledger): readonly MaintenanceLink[] =>
  JSON.parse(ledger.decision(issued) ?? "[]") as MaintenanceLink[];

/** Makes a link; signed with a key that never leaves this host (HMAC-SHA-256, RFC 2104). */
export function issueLink(
  ledger: Ledger,
  maintenance: string,
  site: string,
  ends: number,
  now: number,
): MaintenanceLink {
  const seconds = Math.floor(ends / 1000);
  const signed = (purpose: "link" | "cookie") => {
    const nonce = randomBytes(16).toString("base64url");
    const signature = createHmac("sha256", secretOf(ledger))
      .update(JSON.stringify([purpose, maintenance, site, seconds, nonce]))
      .digest("base64url");
    return `${tokenPrefix(maintenance, keyOf(site))}${seconds}.${signature}`;
  };
  const link = { maintenance, site, token: signed("link"), cookie: signed("cookie"), ends: seconds * 1000 };
  keep(ledger, [...issuedLinks(ledger).filter(({ ends: end }) => end > now), link]);
  return link;
}

/** Takes links that another host has made, if they look like those of this maintenance. */
export function takeLinks(
  ledger: Ledger,
  maintenance: string,
  sites: readonly string[],
  links: readonly MaintenanceLink[],
  now: number,
): void {
  const looksRight = ({ site, token, cookie, ends, ...link }: MaintenanceLink) => {
    const start = `${tokenPrefix(maintenance, keyOf(site))}${Math.floor(ends / 1000)}.`;
    return (
      link.maintenance === maintenance &&
      sites.includes(site) &&
      [token, cookie].every((each) => each.startsWith(start) && /^[\w-]{43}$/.test(each.slice(start.length)))
    );
  };
  const wrong = links.find((link) => !looksRight(link));
  if (wrong) throw new Error(`this is no link of Maintenance/${maintenance}: ${wrong.token}`);
  const known = new Set(links.map(({ token }) => token));
  keep(ledger, [...issuedLinks(ledger).filter(({ ends, token }) => ends > now && !known.has(token)), ...links]);
}

export const revokeLinks = (ledger: Ledger, maintenance: string): void =>
  keep(
    ledger,
    issuedLinks(ledger).filter((link) => link.maintenance !== maintenance),
  );

const keep = (ledger: Ledger, links: readonly MaintenanceLink[]): void => ledger.decide(issued, JSON.stringify(links));

function secretOf(ledger: Ledger): Buffer {
  const known = ledger.decision(key);
  if (known !== undefined) return Buffer.from(known, "base64url");
  const made = randomBytes(32);
  ledger.decide(key, made.toString("base64url"));
  return made;
}
