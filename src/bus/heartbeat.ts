import { rhythm } from "../host/pace.ts";

/** Milliseconds between two words of a host being alive. */
export const heartbeat: number = rhythm(5_000);

/** A host that has not been heard of for so long is away. Milliseconds. */
export const absence: number = 3 * heartbeat;

/** A host that has been away for so long during its turn has failed it. Milliseconds. */
export const lostTurn: number = 12 * heartbeat;
