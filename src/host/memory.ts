import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Gives back to the system what a busy time has left behind. Takes a tenth of a second or two. */
export function giveBackMemory(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (how: { readonly [key: string]: string }) => void;
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}

/** Milliseconds without work after which a process rests. */
const quiet = 10_000;

/** Gives back memory some time after the last work. Returns what is to be called with each work, if that is seldom. */
export function restAfterWork(): () => void {
  let resting: NodeJS.Timeout | undefined;
  return () => {
    clearTimeout(resting);
    resting = setTimeout(giveBackMemory, quiet).unref();
  };
}
