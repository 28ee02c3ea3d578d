import { createUser } from "@nats-io/nkeys";
import { dump } from "js-yaml";
import { makeHostBox } from "../bus/host-box.ts";
import { join as joinBus, readToken } from "../bus/joining.ts";
import type { Host } from "../host/host.ts";
import { keepService } from "../host/own-service.ts";
import { replaceFile } from "../host/replace-file.ts";
import { UserError } from "../model/problem.ts";
import { agentService } from "../model/units.ts";
import { agentFile, boxFile, stateDirectory } from "./state.ts";

const seedFile = `${stateDirectory}/agent.seed`;

/** Makes this machine the host that a token is for. Its private key is made here and stays here. */
export async function joinEstate(host: Host, text: string): Promise<string> {
  const token = readToken(text);
  if (!token)
    throw new UserError("this is no token; `upkeep host token NAME` on the control plane's machine prints one");
  const user = createUser();
  const box = makeHostBox();
  const keys = { publicKey: user.getPublicKey(), boxKey: box.publicKey };
  const { host: name } = await joinBus(token, keys).catch((error: Error) => {
    throw new UserError(error.message);
  });
  const { files } = host;
  if (!files.stat(stateDirectory)) files.makeDirectory(stateDirectory, { uid: 0, gid: 0, mode: 0o700 });
  replace(host, seedFile, `${new TextDecoder().decode(user.getSeed())}\n`);
  replace(host, boxFile, `${box.seed}\n`);
  const { servers, authority, serverName } = token;
  const bus = { servers, seedFile, ...(authority !== undefined && { authority }), ...(serverName && { serverName }) };
  becomeMember(host, { host: name, bus });
  return name;
}

/** Writes down to which estate this machine belongs. */
export function becomeMember(host: Host, membership: object): void {
  if (!host.files.stat("/etc/upkeep")) host.files.makeDirectory("/etc/upkeep");
  const header = "# Written when this machine became part of an estate. See docs/hosts.md.\n";
  replace(host, agentFile, header + dump(membership, { lineWidth: 100 }));
}

const replace = ({ files }: Host, path: string, content: string): void =>
  replaceFile(files, path, content, { uid: 0, gid: 0, mode: 0o600 });

/** Has systemd run the agent from now on. Returns whether there is one. */
export const keepAgent = (host: Host, program: string): Promise<boolean> =>
  keepService(host, { "upkeep-agent.service": agentService(program) }, ["upkeep-agent.service"]);
