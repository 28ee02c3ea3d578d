import { type Address, networkOf, printAddress } from "./address.ts";

/** Where servers look whether they are to refuse somebody: for each jail a directory, for each ban an empty file. */
export const refusedDirectory = "/var/lib/upkeep-bans";

/**
 * The names of the files that stand for somebody. A server knows the text of a visitor's address and no more: of an IPv6
 * address the first four groups, or what stands before `::` if that comes earlier, is the name. So a /64 has the name of its
 * groups, and a second one if it ends in two groups of zero or more, which may have been left out (RFC 5952, 4.2.2: never
 * one alone).
 */
export function refusedNames(address: Address): string[] {
  if (address.family === 4) return [printAddress(address)];
  const groups = groupsOf(networkOf(address, 64));
  const zeros = groups.length - (groups.findLastIndex((group) => group !== "0") + 1);
  const kept = groups.slice(0, groups.length - zeros);
  // Of an address that begins so, what follows may be another network's.
  const isShort = zeros >= 1 && kept.length >= 2;
  return [`${groups.join(":")}:`, ...(isShort ? [`${kept.join(":")}::`] : [])];
}

/** The first four groups, without zeros in front. */
function groupsOf(address: Address): string[] {
  return [48n, 32n, 16n, 0n].map((shift) => ((address.value >> (64n + shift)) & 0xffffn).toString(16));
}

/** What a server makes of an address's text, as an expression: the name that it looks for. */
export const refusedPattern = "(?:[0-9a-f]+:){4}|(?:[0-9a-f]+:){1,3}:|[0-9.]+$";
