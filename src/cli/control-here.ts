import { existsSync } from "node:fs";
import { agentFile } from "../agent/state.ts";
import { serverDirectory } from "../control/settings.ts";
import type { Remote } from "../host/control-client.ts";
import { controlSocket } from "../model/peer.ts";
import { UserError } from "../model/problem.ts";

/** The control plane of this machine, if there is one: then commands go through it. */
export async function controlHere(): Promise<Remote | undefined> {
  const remote = existsSync(controlSocket) ? await openControl() : undefined;
  // A machine that only has the records of others must not take them for its own.
  if (!remote && existsSync(serverDirectory) && !existsSync(agentFile))
    throw new UserError(
      `this machine's control plane does not run${await whyNot()}, and it has the records; start it: systemctl start upkeep-server (if there is to be none here any longer, remove ${serverDirectory})`,
    );
  return remote;
}

/** What the service manager says of it. */
async function whyNot(): Promise<string> {
  const [{ lookAtOwnProcesses }, { localHost }] = await Promise.all([
    import("../host/own-processes.ts"),
    import("../host/local.ts"),
  ]);
  const { all, unknown } = await lookAtOwnProcesses(localHost, () => []);
  const troubles = [
    ...all.flatMap(({ name, trouble }) => (trouble === undefined ? [] : [`${name} ${trouble}`])),
    ...(unknown === undefined ? [] : [unknown]),
  ];
  return troubles.length > 0 ? ` (${troubles.join("; ")})` : "";
}

/** Its socket is systemd's, and is there also when what should answer at it ends again and again. */
async function openControl(): Promise<Remote | undefined> {
  const { openRemote } = await import("../host/control-client.ts");
  try {
    return await openRemote(controlSocket);
  } catch (error) {
    const why = await whyNot();
    if (why === "") throw error;
    throw new UserError(`this machine's control plane does not answer${why}`);
  }
}

/** For commands about an estate of several hosts. */
export async function requireControl(): Promise<Remote> {
  const remote = existsSync(controlSocket) ? await openControl() : undefined;
  if (!remote)
    throw new UserError(
      "the control plane does not run on this machine; start it with `upkeep serve`, or for good with `upkeep install server`",
    );
  return remote;
}
