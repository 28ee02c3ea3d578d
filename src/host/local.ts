import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { realFiles } from "./files.ts";
import type { Host } from "./host.ts";
import { realProcesses } from "./processes.ts";
import { openAsker } from "./web.ts";

/** The machine we run on. */
export const localHost: Host = {
  files: realFiles,
  processes: realProcesses,
  clock: {
    now: Date.now,
    pause: async (milliseconds) => {
      await (milliseconds === 0 ? nextTurn() : pause(milliseconds));
    },
  },
  openAsker,
};
