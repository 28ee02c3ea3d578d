import { type Network, parseNetwork, printAddress } from "../../model/address.ts";

/*
 * Bans as nft(8) takes them: sets whose members go by themselves when their time is over. An IPv6 address stands for the
 * /64 that it is in, because that is what one customer has.
 */

/** Who is kept out, and for how much longer. */
export interface Kept {
  readonly address: string;
  /** Without any, all of them. */
  readonly ports: readonly number[];
  /** Milliseconds. */
  readonly remaining: number;
}

const table = "inet upkeep_bans";
const mask = "ffff:ffff:ffff:ffff::";

/** The table, empty; before anything else on the host is asked. */
export const emptyTable = [
  `table ${table}`,
  `delete table ${table}`,
  `table ${table} {`,
  "\tset v4 { type ipv4_addr; flags timeout; }",
  "\tset v6 { type ipv6_addr; flags timeout; }",
  "\tset nets4 { type ipv4_addr; flags interval, timeout; }",
  "\tset nets6 { type ipv6_addr; flags interval, timeout; }",
  "\tset ports4 { type ipv4_addr . inet_service; flags timeout; }",
  "\tset ports6 { type ipv6_addr . inet_service; flags timeout; }",
  "\tchain input {",
  "\t\ttype filter hook input priority -10; policy accept;",
  "\t\tip saddr @v4 drop",
  `\t\tip6 saddr & ${mask} @v6 drop`,
  "\t\tip saddr @nets4 drop",
  "\t\tip6 saddr @nets6 drop",
  "\t\tmeta l4proto { tcp, udp } ip saddr . th dport @ports4 drop",
  `\t\tmeta l4proto { tcp, udp } ip6 saddr & ${mask} . th dport @ports6 drop`,
  "\t}",
  "}",
  "",
].join("\n");

/** In one batch: all of them are kept out, or none. Who was already is so for as long as it is said now. */
export function keepOut(all: readonly Kept[]): string {
  const members = membersOf(all);
  const list = (withTimeout: boolean) => (elements: readonly Member[]) =>
    elements.map(({ element, remaining }) => (withTimeout ? `${element} timeout ${seconds(remaining)}s` : element));
  const command = (verb: string, withTimeout: boolean) =>
    [...members].map(
      ([set, elements]) => `${verb} element ${table} ${set} { ${list(withTimeout)(elements).join(", ")} }\n`,
    );
  // Adding what is there does not change how long it is there.
  return [...command("add", false), ...command("delete", false), ...command("add", true)].join("");
}

/** The same for a table that is empty: nobody is in it already. */
export const fillTable = (all: readonly Kept[]): string =>
  [...membersOf(all)]
    .map(
      ([set, elements]) =>
        `add element ${table} ${set} { ${elements.map(({ element, remaining }) => `${element} timeout ${seconds(remaining)}s`).join(", ")} }\n`,
    )
    .join("");

export function letIn(all: readonly Pick<Kept, "address" | "ports">[]): string {
  const members = membersOf(all.map((each) => ({ ...each, remaining: 1_000 })));
  const verbs = ["add", "delete"] as const;
  return verbs
    .flatMap((verb) =>
      [...members].map(
        ([set, elements]) =>
          `${verb} element ${table} ${set} { ${elements.map(({ element }) => element).join(", ")} }\n`,
      ),
    )
    .join("");
}

interface Member {
  readonly element: string;
  readonly remaining: number;
}

const seconds = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1000));

function membersOf(all: readonly Kept[]): Map<string, Member[]> {
  const sets = new Map<string, Map<string, Member>>();
  for (const { address, ports, remaining } of all) {
    const network = parseNetwork(address);
    if (!network) throw new Error(`${address} is no address`);
    for (const [set, element] of placesOf(network, ports)) {
      const members = sets.get(set) ?? new Map<string, Member>();
      const known = members.get(element)?.remaining ?? 0;
      members.set(element, { element, remaining: Math.max(known, remaining) });
      sets.set(set, members);
    }
  }
  return new Map([...sets].map(([set, members]) => [set, [...members.values()]]));
}

function placesOf(network: Network, ports: readonly number[]): [set: string, element: string][] {
  const { family, length } = network;
  const isOne = length === (family === 4 ? 32 : 64) || (family === 6 && length === 128);
  const base = family === 4 ? network : { ...network, value: (network.value >> 64n) << 64n };
  const single = printAddress({ family, value: base.value });
  if (!isOne) return [[`nets${family}`, printAddress(network)]];
  if (ports.length === 0) return [[`v${family}`, single]];
  return ports.map((port) => [`ports${family}`, `${single} . ${port}`]);
}
