import { dirname } from "node:path";
import { dump } from "js-yaml";
import type { Host } from "../host/host.ts";
import { keepService, must } from "../host/own-service.ts";
import { installPackages } from "../host/packages.ts";
import { controlSocket } from "../model/peer.ts";
import { UserError } from "../model/problem.ts";
import { natsService, serverService, serverSocket } from "../model/units.ts";
import { busDirectory, makeBusKeys } from "./bus-keys.ts";
import { natsKeeper } from "./nats-keeper.ts";
import { serverDirectory, serverFile, serverSchema } from "./settings.ts";

/** What a control plane is to be set up with. */
export interface Wish {
  /** Where hosts reach it: `198.51.100.2:4222`; without, they do not, and this machine is all there is. */
  readonly listen?: string;
  readonly database?: string;
  readonly program: string;
  /** Records of this machine from before. */
  readonly formerEstate: string;
}

/** Has systemd run a control plane here, as a user of its own and without any privilege. Again and again does no harm. */
export async function installServer(
  host: Host,
  { listen, database, program, formerEstate }: Wish,
  tell: (text: string) => void,
): Promise<void> {
  refuseUnreadable(host, program);
  const { files } = host;
  if (!/^upkeep:/m.test(files.read("/etc/passwd") ?? ""))
    await must(
      host,
      ...(["useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin"] as const),
      ...["--home-dir", serverDirectory, "--comment", "Upkeep's control plane", "upkeep"],
    );
  if (!files.stat(serverDirectory)) files.makeDirectory(serverDirectory, { uid: 0, gid: 0, mode: 0o700 });
  const stated = statedSettings(listen, database);
  if (stated && !files.stat(serverFile)) {
    if (!files.stat(dirname(serverFile))) files.makeDirectory(dirname(serverFile));
    files.create(serverFile, dump(stated), { uid: 0, gid: 0, mode: 0o644 });
    tell(`wrote ${serverFile}`);
  } else if (stated) tell(`${serverFile} is there already and stays as it is`);
  const { nats } = serverSchema.parse(stated ?? {});
  if (nats) {
    if (!files.stat("/usr/sbin/nats-server")) {
      tell("installs nats-server");
      await installPackages(host, ["nats-server"], () => {});
      // Debian starts one of its own at once, which nobody asked for.
      await host.processes.run(["systemctl", "--quiet", "disable", "--now", "nats-server.service"]);
    }
    await makeBusKeys(host, nats.advertise.map(addressOf));
    if (!files.stat(`${busDirectory}/nats.conf`)) natsKeeper(host, nats)([]);
  }
  const ownEstate = `${serverDirectory}/estate.db`;
  if (!database && files.stat(formerEstate) && !files.stat(ownEstate)) {
    await must(host, "systemctl", "--quiet", "stop", "upkeep-agent.service").catch(() => {});
    for (const suffix of ["", "-wal", "-shm"])
      if (files.stat(formerEstate + suffix)) files.rename(formerEstate + suffix, ownEstate + suffix);
    tell(`moved this machine's records to ${ownEstate}`);
  }
  await must(host, "chown", "--recursive", "--no-dereference", "upkeep:upkeep", serverDirectory);
  const units = {
    "upkeep-server.socket": serverSocket(controlSocket),
    "upkeep-server.service": serverService(program),
    ...(nats && { "upkeep-nats.service": natsService(busDirectory) }),
  };
  await keepService(host, units, [
    ...(nats ? ["upkeep-nats.service"] : []),
    "upkeep-server.socket",
    "upkeep-server.service",
  ]);
}

function statedSettings(listen: string | undefined, database: string | undefined) {
  if (listen === undefined && database === undefined) return undefined;
  if (listen !== undefined && !/^\S+:\d+$/.test(listen))
    throw new UserError(
      `--listen takes an address of this machine and a port, like 198.51.100.2:4222, not "${listen}"`,
    );
  return {
    ...(database !== undefined && { database }),
    ...(listen !== undefined && {
      nats: { listen: `0.0.0.0:${listen.slice(listen.lastIndexOf(":") + 1)}`, advertise: [`tls://${listen}`] },
    }),
  };
}

const addressOf = (url: string): string => new URL(url.replace(/^tls|^nats/, "http")).hostname.replace(/^\[|\]$/g, "");

/** The control plane has no rights; it has to be able to read itself. */
function refuseUnreadable({ files }: Host, program: string): void {
  for (let path = dirname(program); path !== "/"; path = dirname(path)) {
    const stat = files.stat(path);
    if (stat && (stat.mode & 0o005) !== 0o005)
      throw new UserError(
        `Upkeep is in ${dirname(program)}, and only its owner may look into ${path}; the control plane runs as a user of its own. Put Upkeep where everyone may read it, for example into /opt/upkeep`,
      );
  }
}
