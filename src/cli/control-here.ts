import { existsSync } from "node:fs";
import type { Remote } from "../host/control-client.ts";
import { controlSocket } from "../model/peer.ts";
import { UserError } from "../model/problem.ts";

/** The control plane of this machine, if it runs: then commands go through it. */
export async function controlHere(): Promise<Remote | undefined> {
  if (!existsSync(controlSocket)) return undefined;
  const { openRemote } = await import("../host/control-client.ts");
  return openRemote(controlSocket);
}

/** For commands about an estate of several hosts. */
export async function requireControl(): Promise<Remote> {
  const remote = await controlHere();
  if (!remote)
    throw new UserError(
      "the control plane does not run on this machine; start it with `upkeep serve`, or for good with `upkeep install server`",
    );
  return remote;
}
