import type { Facts } from "./facts.ts";

/** What a release of a distribution ships, as far as Upkeep has to know it beforehand. */
export interface Release {
  /** The PHP that its packages are for: what `php: true` means there. */
  readonly php: string;
  /** The PostgreSQL that its package `postgresql` installs. */
  readonly postgres: number;
  /** Every test runs on it. */
  readonly isTested: boolean;
}

/** By the name that {@link releaseName} gives. */
const releases: Readonly<Record<string, Release>> = {
  "debian 12": { php: "8.2", postgres: 15, isTested: true },
  "debian 13": { php: "8.4", postgres: 17, isTested: true },
  "ubuntu 22.04": { php: "8.1", postgres: 14, isTested: false },
  "ubuntu 24.04": { php: "8.3", postgres: 16, isTested: false },
};

/** `debian 12`: ID and VERSION_ID of os-release(5). */
export const releaseName = ({ id, version }: Facts["os"]): string => `${id} ${version}`;

export const releaseNamed = (name: string): Release | undefined => releases[name];

/** Debian's current stable release, for a machine whose release nobody knows. */
export const stable: Release = releases["debian 13"]!;

/** Names of the releases that every test runs on. */
export const testedReleases: readonly string[] = Object.keys(releases).filter((name) => releases[name]!.isTested);
