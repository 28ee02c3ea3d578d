import { type Address, isIn, networkOf, parseAddress, parseNetwork, printAddress } from "../../model/address.ts";
import type { JailConfig } from "../../model/jail.ts";
import { detached } from "../detached.ts";
import { type Ban, count, fresh, isOver, type Limits, type Standing } from "./counting.ts";
import type { Decision } from "./decision.ts";
import type { Failure } from "./filter/matcher.ts";

/** What one is counted as: an IPv4 address, or an IPv6 network of the size that a customer gets. */
const customerBits = 64;

/** What is remembered of one, to go on with after a stop. */
export interface Remembered {
  readonly subject: string;
  readonly standing: Standing;
  readonly evidence: readonly string[];
}

/** Counts the failures of one jail. Nothing but values: lines were judged before, and bans are made elsewhere. */
export interface Jail {
  readonly config: JailConfig;
  /** Counts a failure; what it comes to, if it is a ban. */
  take(failure: Failure): Omit<Decision, "id"> | undefined;
  /** Whoever was let go begins anew. */
  forget(address: string): void;
  /** Looks whose time is over, and forgets them. */
  tidy(): void;
  /** What has changed since this was asked last; without a standing, it is over. */
  changes(): readonly (Remembered | { readonly subject: string; readonly standing: undefined })[];
}

const [mostEvidence, longestEvidence] = [5, 300];

/** So many are remembered in one jail; an attacker with more addresses pushes the oldest out. */
const mostRemembered = 50_000;

export function openJail(
  config: JailConfig,
  remembered: readonly Remembered[],
  { now, never }: { readonly now: () => number; readonly never: (address: Address) => boolean },
): Jail {
  const limits: Limits = config;
  const standings = new Map(remembered.map(({ subject, standing }) => [subject, standing]));
  const evidence = new Map(remembered.map(({ subject, evidence: lines }) => [subject, [...lines]]));
  const changed = new Set<string>();
  const allowed = config.allow.map((text) => parseNetwork(text)!);

  function drop(subject: string) {
    standings.delete(subject);
    evidence.delete(subject);
    changed.add(subject);
  }

  return {
    config,
    take({ id, host, moment, lines }) {
      const address = parseAddress(host ?? id);
      // Names are not looked up: whoever is logged may have written them.
      if (!address || never(address) || allowed.some((network) => isIn(address, network))) return undefined;
      const subject = subjectOf(address);
      const standing = standings.get(subject) ?? fresh();
      const at = now();
      const ban = count(standing, moment ?? at, at, limits);
      // The last to have failed is the last to be forgotten.
      standings.delete(subject);
      standings.set(subject, standing);
      changed.add(subject);
      if (standings.size > mostRemembered) drop(standings.keys().next().value!);
      const words = [...(evidence.get(subject) ?? []), detached(lines.join(" | ").slice(0, longestEvidence))];
      evidence.set(subject, words.slice(-mostEvidence));
      if (!ban) return undefined;
      evidence.delete(subject);
      return decided(config.name, printAddress(address), ban, words.slice(-mostEvidence));
    },
    forget(address) {
      const known = parseAddress(address);
      if (known) drop(subjectOf(known));
    },
    tidy() {
      const at = now();
      for (const [subject, standing] of standings) if (isOver(standing, at, limits)) drop(subject);
    },
    changes() {
      const at = now();
      const all = [...changed].map((subject) => {
        const standing = standings.get(subject);
        if (standing && !isOver(standing, at, limits))
          return { subject, standing, evidence: evidence.get(subject) ?? [] };
        standings.delete(subject);
        evidence.delete(subject);
        return { subject, standing: undefined };
      });
      changed.clear();
      return all;
    },
  };
}

const subjectOf = (address: Address): string =>
  printAddress(address.family === 6 ? networkOf(address, customerBits) : address);

const decided = (
  jail: string,
  address: string,
  { since, until, number }: Ban,
  evidence: readonly string[],
): Omit<Decision, "id"> => ({ is: "ban", jail, address, since, until, number, evidence: [...evidence] });
