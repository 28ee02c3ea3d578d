import { atPace, paceFrom } from "../model/pace.ts";

/**
 * The pace of the lab that this machine belongs to; 1 everywhere else. Only the environment in which the process was started
 * sets it: no record, no request and no customer does, and sudo(8) and sshd(8) do not pass it on.
 */
const pace = paceFrom(process.env.UPKEEP_LAB_PACE);

/** Milliseconds between looks, words or attempts, or of silence: as they are given, and divided by the pace in a lab. See model/pace.ts. */
export const rhythm = (milliseconds: number): number => atPace(milliseconds, pace);
