import { z } from "zod";
import { foreignRef, foreignText } from "./foreign-text.ts";
import type { ResourceRef } from "./resource.ts";

/*
 * What hosts tell beside conditions. Both kinds may come twice, late or in another order.
 */

/**
 * - `live`, `undone`: a generation.
 * - `banned`, `unbanned`: an address.
 * - `key forbidden`: a right key, from where it must not be. `key revoked`: one that is revoked was tried.
 * - `revoked`, `restored`: a key, by a host itself.
 * - `published`, `drained`, `undrained`, `pool alarm`: what names visitors are given.
 * - `certificate`: one that ends soon, or has ended; of a resource, or seen by a pool's checks.
 * - `mail limit`: accounts have sent what they may today.
 * - `failing`: something that Upkeep does all the time does not work, for some record or at all; `recovered`: it works again.
 * - `run`: what a long run has come to, or will do on a day. `run stopped`: it waits for a person, or has failed.
 */
export const eventNames = [
  "live",
  "undone",
  "banned",
  "unbanned",
  "key forbidden",
  "key revoked",
  "revoked",
  "restored",
  "published",
  "drained",
  "undrained",
  "pool alarm",
  "certificate",
  "mail limit",
  "failing",
  "recovered",
  "run",
  "run stopped",
] as const;

/** Something that happened on a host; kept by the estate for a month. The last three fields together are its name. */
export interface HostEvent {
  readonly is: (typeof eventNames)[number];
  /** What of the host's own it is about. */
  readonly ref?: ResourceRef;
  readonly says: string;
  /** Who keeps count: the host's generations, or who guards it. */
  readonly log: "generations" | "guard";
  readonly number: number;
  /** By the host's own clock, milliseconds since 1970. */
  readonly at: number;
}

export const watchNames = ["bans", "keys", "pools", "mail"] as const;

/** A fact that a watch has found: so it is until another word about the same, or until it ends by itself. */
export interface Observation {
  readonly watch: (typeof watchNames)[number];
  /** What of it: `192.0.2.7 sshd`. */
  readonly key: string;
  /** Milliseconds since 1970, by the host's own clock. */
  readonly until: number;
  /** As the watch words it; nothing: it is so no longer. */
  readonly value?: unknown;
}

const count = z.int().min(0);

export const hostEventSchema: z.ZodType<HostEvent> = z.object({
  is: z.enum(eventNames),
  ref: foreignRef.exactOptional(),
  says: foreignText(1_000),
  log: z.enum(["generations", "guard"]),
  number: count,
  at: count,
});

/** Values are checked by whoever knows the watch, see {@link observedBan}. */
export const observationSchema: z.ZodType<Observation> = z.object({
  watch: z.enum(watchNames),
  key: foreignText(200),
  until: count,
  value: z.unknown().exactOptional(),
});
