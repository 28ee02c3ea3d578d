import { isIpv6 } from "../values.ts";

/**
 * A network as a regular expression over the text of an address, for a server that can compare nothing but text. What it
 * does not match is not let in. IPv6 addresses are taken in the one form of RFC 5952, as proxies write them; of their
 * networks only such can be told apart as end between two groups that are not zero, see {@link patternProblem}.
 */
export function networkPattern(network: string): string {
  const [address = "", length = ""] = network.split("/");
  return isIpv6(address) ? ipv6Pattern(address, Number(length)) : ipv4Pattern(address, Number(length));
}

/** Why a network cannot be told from the text of an address, if so. */
export function patternProblem(network: string): string | undefined {
  const [address = "", length = ""] = network.split("/");
  if (!isIpv6(address) || length === "128") return undefined;
  const groups = Number(length) / 16;
  const head = address.split("::")[0]!.split(":").filter(Boolean);
  return Number.isInteger(groups) && groups > 0 && head.length === groups && !head.includes("0")
    ? undefined
    : `${network} cannot be told from the text of an address; use single addresses, or networks like 2001:db8::/32`;
}

function ipv4Pattern(address: string, length: number): string {
  const parts = address.split(".").map((part, index) => {
    const fixed = Math.min(8, Math.max(0, length - 8 * index));
    const first = Number(part);
    const last = first + 2 ** (8 - fixed) - 1;
    return fixed === 0 ? "[0-9]{1,3}" : fixed === 8 ? part : `(?:${range(first, last)})`;
  });
  return parts.join("\\.");
}

const range = (first: number, last: number): string =>
  Array.from({ length: last - first + 1 }, (_, index) => String(first + index)).join("|");

const ipv6Pattern = (address: string, length: number): string =>
  length === 128 ? address : `${address.split("::")[0]}:[0-9a-f:]+`;
