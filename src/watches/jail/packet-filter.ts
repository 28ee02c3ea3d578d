import { type Network, networkOf, parseNetwork, printAddress } from "../../model/address.ts";

/*
 * Bans as nft(8) takes them: sets whose members go by themselves when their time is over. An IPv6 address stands for the
 * /64 that it is in, because that is what one customer has.
 */

/** Where it all is; nothing else is. */
export const table = "inet upkeep_bans";
const mask = "ffff:ffff:ffff:ffff::";

const emptyTable = [
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

/** An element of a set, and for how much longer. Milliseconds. */
export interface Member {
  readonly set: string;
  readonly element: string;
  readonly remaining: number;
}

/** In one batch: all of them are kept out, or none. Who was already is so for as long as it is said now. */
export const keepOut = (members: readonly Member[]): string =>
  // Adding what is there does not change how long it is there.
  letIn(members) + [...fill(members)].join("");

/** The table with these in it, and nobody else, whatever it was; in pieces, because they may be very many. */
export function* fillEmptyTable(members: Iterable<Member>): Generator<string> {
  yield emptyTable;
  yield* fill(members);
}

/** Commands for a table in which nobody of them is already. */
function* fill(members: Iterable<Member>): Generator<string> {
  let [current, elements]: [string, string[]] = ["", []];
  for (const { set, element, remaining } of members) {
    if (set !== current || elements.length === mostInOne) {
      if (elements.length > 0) yield command("add", current, elements);
      [current, elements] = [set, []];
    }
    elements.push(`${element} timeout ${Math.max(1, Math.ceil(remaining / 1000))}s`);
  }
  if (elements.length > 0) yield command("add", current, elements);
}

/** Nobody of them is in the table afterwards, whoever was: what is not there cannot be deleted, so it is put there before. */
export function letIn(members: readonly Omit<Member, "remaining">[]): string {
  const plain = [...Map.groupBy(members, ({ set }) => set)].map(
    ([set, all]) => [set, all.map(({ element }) => element)] as const,
  );
  return (["add", "delete"] as const).flatMap((verb) => plain.map((each) => command(verb, ...each))).join("");
}

/** A command with all of a hundred thousand would be read slowly. */
const mostInOne = 5_000;

const command = (verb: "add" | "delete", set: string, elements: readonly string[]): string =>
  `${verb} element ${table} ${set} { ${elements.join(", ")} }\n`;

/** Where somebody is to be, to be kept out. */
export function membersOf({
  address,
  ports,
}: {
  readonly address: string;
  readonly ports: readonly number[];
}): Omit<Member, "remaining">[] {
  const network = parseNetwork(address);
  if (!network) throw new Error(`${address} is no address`);
  return placesOf(network, ports).map(([set, element]) => ({ set, element }));
}

/** Each once, for the longest of their times, a set after the other. */
export function together(all: readonly Member[]): Member[] {
  const found = new Map<string, Member>();
  for (const member of all) {
    const key = `${member.set} ${member.element}`;
    const known = found.get(key);
    if (!known || known.remaining < member.remaining) found.set(key, member);
  }
  return [...found.values()].toSorted((one, other) => (one.set < other.set ? -1 : one.set > other.set ? 1 : 0));
}

function placesOf(network: Network, ports: readonly number[]): [set: string, element: string][] {
  const { family, length } = network;
  const isOne = length === (family === 4 ? 32 : 64) || (family === 6 && length === 128);
  const base = family === 4 ? network : networkOf(network, 64);
  const single = printAddress({ family, value: base.value });
  if (!isOne) return [[`nets${family}`, printAddress(network)]];
  if (ports.length === 0) return [[`v${family}`, single]];
  return ports.map((port) => [`ports${family}`, `${single} . ${port}`]);
}
