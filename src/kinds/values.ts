import { z } from "zod";
import { parseNetwork, printAddress } from "../model/address.ts";

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

export const address = z.union([z.ipv4(), z.ipv6()], { error: "must be an address, like 192.0.2.7 or 2001:db8::7" });

export const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: "must be an address or network, like 192.0.2.7 or 2001:db8::/32",
});

/** A network as its own first address and its length: `192.0.2.7/24` is `192.0.2.0/24`; an address is a network of one. */
export function canonicalNetwork(written: string): string {
  const { length, ...address } = parseNetwork(written)!;
  return `${printAddress(address)}/${length}`;
}

export const isIpv6 = (written: string): boolean => written.includes(":");

/** The name of a header of HTTP. */
export const headerName = z
  .string()
  .max(60)
  .regex(/^[A-Za-z][A-Za-z0-9-]*$/, "must be letters, digits and dashes");

/** For kinds whose resources are called as people like. `example`: such a name. */
export const plainName =
  (example: string) =>
  (name: string): { readonly name: string } | { readonly problem: string } =>
    /^[a-z0-9][a-z0-9-]{0,62}$/.test(name)
      ? { name }
      : { problem: `${JSON.stringify(name)} is no name: use small letters, digits and dashes, like ${example}` };
