import { writeFileSync } from "node:fs";
import { pingFile, pingSetting } from "../model/ping.ts";
import type { Host } from "./host.ts";

const live = `/proc/sys/${pingSetting.replaceAll(".", "/")}`;

/** Puts in force what is stated of ping, as it would be at boot. */
export function letPing({ files }: Pick<Host, "files">): void {
  const text = files.stat(pingFile) && files.read(pingFile);
  const stated = text && new RegExp(`^${RegExp.escape(pingSetting)} = (.+)$`, "m").exec(text)?.[1];
  if (stated && files.read(live)?.trim().replaceAll(/\s+/g, " ") !== stated) writeFileSync(live, stated);
}
