import { hash } from "node:crypto";
import { domainToASCII } from "node:url";

const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/**
 * A host name in the form it is served under: lower case, A-labels (IDNA 2008 with the mapping of UTS 46),
 * or a reason why it cannot be served. `münchen.example` becomes `xn--mnchen-3ya.example`.
 */
export function hostName(written: string): { readonly name: string } | { readonly problem: string } {
  const quoted = JSON.stringify(written.length > 80 ? `${written.slice(0, 80)}…` : written);
  if (/[^\p{L}\p{M}\p{N}.\-‧・·]/u.test(written)) {
    return { problem: `${quoted} is not a host name: it may hold letters, digits, dashes and dots` };
  }
  if (written.includes("..")) return { problem: `${quoted} is not a host name: it has an empty part between two dots` };
  const ascii = domainToASCII(written);
  const labels = ascii.split(".");
  if (labels.length < 2)
    return { problem: `${quoted} is not a full host name: it needs a domain, as in "www.example.com"` };
  if (ascii.length > 253 || !labels.every((part) => label.test(part))) {
    return { problem: `${quoted} is not a host name: each part is 1 to 63 letters, digits or dashes` };
  }
  if (/^\d+$/.test(labels.at(-1)!)) return { problem: `${quoted} is an address; a site needs a host name` };
  return { name: ascii };
}

/** As {@link hostName}, but `*.example.com` is welcome. */
export function hostPattern(written: string): { readonly name: string } | { readonly problem: string } {
  if (!written.startsWith("*.")) return hostName(written);
  const rest = hostName(written.slice(2));
  return "name" in rest ? { name: `*.${rest.name}` } : rest;
}

export const isWildcard = (name: string): boolean => name.startsWith("*.");

/**
 * The account that a site gets when none is named: `shop.example.com` -> `shop-example-com`.
 * Two names never share one: `.` becomes `-` and `-` becomes `_`, which no host name holds;
 * what exceeds the 32 characters of useradd(8) ends in a digest instead.
 */
export function userFor(siteName: string): string {
  const plain = siteName.replaceAll("-", "_").replaceAll(".", "-");
  const user = /^[a-z]/.test(plain) ? plain : `_${plain}`;
  if (user.length <= 32) return user;
  return `${user.slice(0, 21)}-${hash("sha256", siteName).slice(0, 10)}`;
}
