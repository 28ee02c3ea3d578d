import { z } from "zod";

/* Values that several kinds state. */

/** Text that is stored in another form than people may write it in, the `field` of what it resolves to. */
export const resolved = <Field extends string>(
  resolve: (written: string) => Readonly<Record<Field, string>> | { readonly problem: string },
  field: Field,
) =>
  z.string().transform((written, context) => {
    const result = resolve(written);
    if (!("problem" in result)) return result[field];
    context.issues.push({ code: "custom", message: result.problem, input: written });
    return z.NEVER;
  });

export const absolutePath = z
  .string()
  .max(1024)
  .regex(/^(\/[A-Za-z0-9._@+-]+)+$/, 'must be an absolute path like "/etc/ssl/shop.pem"')
  .refine((path) => !path.split("/").includes(".."), "must not contain ..");

export const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: "must be an address or network, like 192.0.2.7 or 2001:db8::/32",
});

/** A network as its own first address and its length: `192.0.2.7/24` is `192.0.2.0/24`; an address is a network of one. */
export function canonicalNetwork(written: string): string {
  const [address = "", length] = written.split("/");
  const bits = address.includes(":") ? 128 : 32;
  const prefix = length === undefined ? bits : Number(length);
  const number = numberOf(address) & (((1n << BigInt(prefix)) - 1n) << BigInt(bits - prefix));
  return `${textOf(number, bits)}/${prefix}`;
}

export const isIpv6 = (written: string): boolean => written.includes(":");

const numberOf = (address: string): bigint =>
  isIpv6(address)
    ? groupsOf(address).reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n)
    : address.split(".").reduce((number, part) => (number << 8n) | BigInt(part), 0n);

/** The eight groups of an IPv6 address; the URL parser knows every way to write one (RFC 4291, 2.2). */
function groupsOf(address: string): string[] {
  const [head = "", tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  if (tail === undefined) return groups(head);
  const missing = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array.from({ length: missing }, () => "0"), ...groups(tail)];
}

function textOf(number: bigint, bits: number): string {
  const width = bits === 32 ? 8n : 16n;
  const parts = Array.from({ length: bits === 32 ? 4 : 8 }, (_, index) => {
    const shift = BigInt(bits) - width * BigInt(index + 1);
    return (number >> shift) & ((1n << width) - 1n);
  });
  if (bits === 32) return parts.join(".");
  return new URL(`http://[${parts.map((part) => part.toString(16)).join(":")}]/`).hostname.slice(1, -1);
}
