import { detached } from "../../detached.ts";
import type { Groups } from "./matcher.ts";

/** What is known of one connection, from all its lines so far. */
export interface Known {
  readonly groups: Groups;
  readonly users: Set<string>;
  /** Lines that count, and those that count only if it comes to a failure. */
  lines: string[];
  heldLines: string[];
  /** Something has failed and nobody knows yet whose it was. */
  isPending: boolean;
}

export interface Merged {
  readonly known: Known;
  /** Whether this line says of itself that it is no failure. */
  readonly isNoFailure: boolean;
}

/** So many connections are remembered; whoever makes more pushes the oldest out, and those begin again. */
const most = 10_000;

/**
 * Puts together what several lines say of one connection (`<F-MLFID>`): one line names the user, another the address. A
 * success (`<F-MLFGAINED>`) takes back what was pending, unless other users had been tried before.
 */
export function openConnections() {
  const connections = new Map<string, Known>();

  return {
    merge(given: string, groups: Groups, matched: readonly string[]): Merged {
      const id = detached(given);
      const lines = matched.map(detached);
      const { mlfforget, mlfgained, nofail } = groups;
      let isGained = Boolean(mlfgained);
      let isNoFailure = isGained || Boolean(nofail);
      const ends = Boolean(mlfforget);
      const before = connections.get(id);
      const known = before ?? fresh();
      if (groups.user && (before || !ends)) known.users.add(detached(groups.user));
      const wasNoFailure = Boolean(before && (before.groups.nofail || before.groups.mlfgained));
      if (isGained) known.isPending = false;
      // What has been told already is not told again.
      if (before && !wasNoFailure && !before.isPending) known.lines = [];
      delete known.groups.nofail;
      delete known.groups.mlfgained;
      // Whoever is named now is whom it is about.
      if (hosts.some((name) => groups[name] !== undefined)) for (const name of hosts) delete known.groups[name];
      for (const [name, value] of Object.entries(groups))
        if (value !== undefined && name !== "mlfforget") known.groups[name] = detached(value);
      connections.delete(id);
      if (!ends) remember(id, known);
      if (known.isPending || known.users.size > 1) {
        known.isPending = false;
        delete known.groups.nofail;
        delete known.groups.mlfgained;
        isNoFailure = false;
        isGained = false;
      }
      if (!isNoFailure) {
        known.lines = [...known.heldLines, ...known.lines, ...(isGained ? [] : lines)];
        known.heldLines = [];
      } else if (!ends) known.heldLines.push(...lines);
      return { known, isNoFailure };
    },
  };

  function remember(id: string, known: Known) {
    connections.set(id, known);
    if (connections.size <= most) return;
    for (const oldest of connections.keys()) {
      connections.delete(oldest);
      return;
    }
  }
}

const hosts = ["ip4", "ip6", "dns", "cidr"];

const fresh = (): Known => ({ groups: {}, users: new Set(), lines: [], heldLines: [], isPending: false });
