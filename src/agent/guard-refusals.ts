import type { Host } from "../host/host.ts";
import { parseAddress } from "../model/address.ts";
import type { Banned } from "../model/ban.ts";
import { refusedDirectory, refusedNames } from "../model/refused-names.ts";
import type { Bans } from "../store/bans.ts";
import { membersOf } from "../watches/jail/packet-filter.ts";

/** Of members of this kind, the set is a directory and the element a file. */
const place = (jail: string): string => `${refusedDirectory}/${jail}`;
const isPlace = (set: string): boolean => set.startsWith(`${refusedDirectory}/`);

/** Where somebody is to be, to be kept out: by the packet filter, or by the server of a site. */
export function placesOf(ban: Pick<Banned, "address" | "ports" | "jail" | "byServer">): ReturnType<typeof membersOf> {
  const address = parseAddress(ban.address);
  if (!ban.byServer || !ban.jail || !address) return membersOf(ban);
  return refusedNames(address).map((element) => ({ set: place(ban.jail!), element }));
}

/** Whether the packet filter has nothing to do with it. */
export const isRefusal = ({ set }: { readonly set: string }): boolean => isPlace(set);

/** Bans that web servers look at: a file for each, gone when its time is over. */
export interface Refusals {
  /** They are looked at from now on. */
  put(members: readonly { readonly set: string; readonly element: string }[]): void;
  drop(members: readonly { readonly set: string; readonly element: string }[]): void;
  /** As it is written down: what is missing is made, what is over goes. */
  settle(): void;
  stop(): void;
}

/** Milliseconds until what could not be done is tried again. */
const retry = 2_000;

const rights = { uid: 0, gid: 0, mode: 0o644 };

/** Milliseconds; a timer takes no more. */
const longest = 2 ** 31 - 1;

export function openRefusals(
  { files, clock }: Pick<Host, "files" | "clock">,
  bans: Pick<Bans, "members">,
  /** Why a file cannot be made or removed; nothing: it could. */
  report: (why: string | undefined) => void,
): Refusals {
  let timer: NodeJS.Timeout | undefined;

  /** What cannot be done, because a disk is full, is tried again. */
  function settle() {
    clearTimeout(timer);
    try {
      settleAll();
      report(undefined);
    } catch (error) {
      report((error as Error).message);
      timer = setTimeout(settle, retry).unref();
    }
  }

  function settleAll() {
    const now = clock.now();
    const wanted = new Map<string, Set<string>>();
    let next = longest;
    for (const { set, element, remaining } of bans.members(now, "servers")) {
      wanted.set(set, (wanted.get(set) ?? new Set()).add(element));
      next = Math.min(next, remaining);
    }
    for (const jail of files.list(refusedDirectory)) {
      const directory = place(jail);
      const here = new Set(files.list(directory));
      const there = wanted.get(directory) ?? new Set();
      for (const name of here) if (!there.has(name)) files.remove(`${directory}/${name}`);
      for (const name of there) if (!here.has(name)) files.create(`${directory}/${name}`, "", rights);
    }
    if (wanted.size > 0) timer = setTimeout(settle, Math.max(50, next)).unref();
  }

  return {
    put(members) {
      let isAny = false;
      for (const { set, element } of members) {
        if (!isPlace(set) || !files.stat(set)) continue;
        isAny = true;
        if (!files.stat(`${set}/${element}`)) files.create(`${set}/${element}`, "", rights);
      }
      // Whose time ends first may be another.
      if (isAny) queueMicrotask(settle);
    },
    drop(members) {
      for (const { set, element } of members) if (isPlace(set)) files.remove(`${set}/${element}`);
    },
    settle,
    stop: () => clearTimeout(timer),
  };
}
