import { batchOf, type Placeable, type Strategy } from "./placement.ts";

/*
 * Hosts that serve the same resources take turns: what one is busy with, its mirrors are not at the same moment.
 */

/** What waits for a host's turn. */
export interface Waiting {
  readonly host: string;
  /** The labels of its group, as in {@link groupOf}; empty for what goes to this host alone. */
  readonly group: string;
  readonly strategy: Strategy;
}

/** A host that carries out a group's change at this moment. */
export type Turn = Waiting;

/** The groups of labels that each host is in, where it has company: for hosts without mirrors, nothing. */
export function groupsOf(hosts: readonly Placeable[], groups: readonly string[]): Map<string, Set<string>> {
  const memberships = new Map<string, Set<string>>();
  for (const group of groups) {
    const wanted = group.split(",").map((pair) => pair.split("="));
    const members = hosts.filter(({ labels }) => wanted.every(([key, value]) => labels[key!] === value));
    if (members.length < 2) continue;
    for (const { name } of members) memberships.set(name, (memberships.get(name) ?? new Set()).add(group));
  }
  return memberships;
}

/**
 * Which hosts' turn it is now, among those that wait. A host is busy with one thing at a time; of hosts that share a
 * group, as many as the strategy of what they are busy with allows, and only with the same change.
 */
export function nextTurns(
  waiting: readonly Waiting[],
  busy: readonly Turn[],
  memberships: ReadonlyMap<string, ReadonlySet<string>>,
): Waiting[] {
  const running = [...busy];
  const starting: Waiting[] = [];
  const areMirrors = (one: string, other: string) =>
    [...(memberships.get(one) ?? [])].some((group) => memberships.get(other)?.has(group));
  for (const each of [...waiting].sort((one, other) => order(one, other))) {
    if (running.some(({ host }) => host === each.host)) continue;
    const mirrors = running.filter(({ host }) => areMirrors(host, each.host));
    const size = [...memberships.values()].filter((groups) => groups.has(each.group)).length;
    // The strictest of all who would be busy together.
    const allowed = Math.min(...[each, ...mirrors].map((one) => (one.group === "" ? 1 : batchOf(one.strategy, size))));
    if (mirrors.length >= allowed || mirrors.some(({ group }) => group !== each.group)) continue;
    running.push(each);
    starting.push(each);
  }
  return starting;
}

const order = (one: Waiting, other: Waiting): number =>
  `${one.group} ${one.host}` < `${other.group} ${other.host}` ? -1 : 1;
