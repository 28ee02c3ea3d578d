import { paceFrom } from "../src/model/pace.ts";

/**
 * How many times as quick as elsewhere the rhythms of Upkeep are in lab hosts, see src/model/pace.ts. `UPKEEP_LAB_PACE=1`
 * makes a lab wait as long as real hosts do.
 */
export const labPace: number = paceFrom(process.env.UPKEEP_LAB_PACE ?? "5");

/** As every process in a lab host has it, whether systemd has started it or the lab. */
export const paceVariable = `UPKEEP_LAB_PACE=${labPace}`;
