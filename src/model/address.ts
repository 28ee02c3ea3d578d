/** An address as the packet filter compares it. */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** All addresses that begin alike, CIDR (RFC 4632). */
export interface Network extends Address {
  readonly length: number;
}

const bitsOf = { 4: 32, 6: 128 } as const;

/** Reads an address as logs write it: also in brackets, with a zone, or IPv4 mapped into IPv6 (RFC 4291, 2.5.5.2). */
export function parseAddress(text: string): Address | undefined {
  const address = parseLiteral(text.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, ""));
  return address && isMapped(address) ? { family: 4, value: address.value & 0xffffffffn } : address;
}

function parseLiteral(text: string): Address | undefined {
  const bytes = bytesOf(text);
  if (bytes) return { family: 4, value: numberOf(bytes, 8) };
  const groups = groupsOf(text);
  return groups && { family: 6, value: numberOf(groups, 16) };
}

/** Four numbers without leading noughts: some programs take those for octal. */
function bytesOf(text: string): number[] | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})(?:\.|$)){4}$/.test(text) || text.endsWith(".")) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

const isMapped = ({ family, value }: Address): boolean => family === 6 && value >> 32n === 0xffffn;

/** `192.0.2.0/24`, or an address as a network of its own. */
export function parseNetwork(text: string): Network | undefined {
  const [, written = "", digits] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseLiteral(written);
  if (!address) return undefined;
  const bits = bitsOf[address.family];
  const length = digits === undefined ? bits : Number(digits);
  if (length > bits) return undefined;
  if (!isMapped(address) || length < 96) return networkOf(address, length);
  return networkOf({ family: 4, value: address.value & 0xffffffffn }, length - 96);
}

/** The network of this length that an address is in. */
export function networkOf({ family, value }: Address, length: number): Network {
  const rest = BigInt(bitsOf[family] - length);
  return { family, length, value: (value >> rest) << rest };
}

export const isIn = (address: Address, { family, value, length }: Network): boolean =>
  address.family === family && networkOf(address, length).value === value;

/** As RFC 5952 writes it, and CIDR unless it is of a single address. */
export function printAddress(address: Address | Network): string {
  const { family, value } = address;
  const suffix = "length" in address && address.length < bitsOf[family] ? `/${address.length}` : "";
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".") + suffix;
  const groups = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
  const { start, length } = longestZeros(groups);
  const print = (part: readonly bigint[]) => part.map((group) => group.toString(16)).join(":");
  if (length < 2) return print(groups) + suffix;
  return `${print(groups.slice(0, start))}::${print(groups.slice(start + length))}${suffix}`;
}

const numberOf = (parts: readonly number[], bits: number): bigint =>
  parts.reduce((value, part) => (value << BigInt(bits)) | BigInt(part), 0n);

/** Eight groups; one `::` stands for as many noughts as are missing, and the last two may be written as IPv4 (RFC 4291, 2.2). */
function groupsOf(text: string): number[] | undefined {
  const [, head, dotted] = /^(.*:)([\d.]+\.[\d.]+)$/.exec(text) ?? [];
  const bytes = dotted === undefined ? undefined : bytesOf(dotted);
  if (dotted !== undefined && !bytes) return undefined;
  const last = bytes && [((bytes[0]! << 8) | bytes[1]!).toString(16), ((bytes[2]! << 8) | bytes[3]!).toString(16)];
  const halves = (last ? head + last.join(":") : text).split("::");
  if (halves.length > 2) return undefined;
  const [before, after] = halves.map((half) => (half === "" ? [] : half.split(":"))) as [string[], string[]?];
  if ([...before, ...(after ?? [])].some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - before.length - (after?.length ?? 0);
  if (after ? missing < 1 : missing !== 0) return undefined;
  const noughts = new Array<string>(missing).fill("0");
  return [...before, ...noughts, ...(after ?? [])].map((group) => Number.parseInt(group, 16));
}

function longestZeros(groups: readonly bigint[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0n) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** A name that may have addresses (RFC 1123), with a dot in it, and not made of numbers alone. */
export const hostName = /^(?=.*[a-z])([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
