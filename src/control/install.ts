import { dirname } from "node:path";
import { dump } from "js-yaml";
import type { Host } from "../host/host.ts";
import { installation } from "../host/installation.ts";
import { keepService, must } from "../host/own-service.ts";
import { installPackages } from "../host/packages.ts";
import { controlSocket } from "../model/peer.ts";
import { UserError } from "../model/problem.ts";
import { natsService, serverService, serverSocket } from "../model/units.ts";
import { busDirectory, makeBusCertificates, makeBusKeys, type SharedKeys } from "./bus-keys.ts";
import { natsKeeper } from "./nats-keeper.ts";
import { type ServerSettings, serverDirectory, serverFile, serverSchema } from "./settings.ts";

/** What a control plane is to be set up with. */
export interface Wish {
  /** Where hosts reach it: `198.51.100.2:4222`; without, they do not, and this machine is all there is. */
  readonly listen?: string;
  /** The addresses of all machines of a cluster, this one among them. */
  readonly cluster?: readonly string[];
  readonly database?: string;
  /** NATS servers that are there already, instead of one here. */
  readonly bus?: readonly string[];
  /** File with the certificate that theirs come from. */
  readonly authority?: string;
  /** From a machine of the cluster that is set up already. */
  readonly bundle?: Bundle;
  readonly program: string;
  /** Records of this machine from before. */
  readonly formerEstate: string;
}

/** What a second machine of a cluster needs to know. */
export interface Bundle {
  readonly database?: string;
  readonly keys: SharedKeys;
  /** The key of the estate's secrets. */
  readonly estateKey: string;
}

/** Where the key of the estate's secrets is. */
export const estateKey = `${serverDirectory}/estate.key`;

/** The port by which servers of a cluster talk to each other. */
const clusterPort = 6222;

/**
 * Has systemd run a control plane here, as a user of its own and without any privilege. Again and again does no harm. Returns
 * what has to be run in its place where there is no systemd.
 */
export async function installServer(host: Host, wish: Wish, tell: (text: string) => void): Promise<readonly string[]> {
  const { program, formerEstate, bundle } = wish;
  const database = wish.database ?? bundle?.database;
  refuseUnreadable(host, program);
  const { files } = host;
  if (!/^upkeep:/m.test(files.read("/etc/passwd") ?? ""))
    await must(
      host,
      ...(["useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin"] as const),
      ...["--home-dir", serverDirectory, "--comment", "Upkeep's control plane", "upkeep"],
    );
  if (!files.stat(serverDirectory)) files.makeDirectory(serverDirectory, { uid: 0, gid: 0, mode: 0o700 });
  const stated = statedSettings(wish, database);
  const { nats, bus } = settingsFrom(stated);
  if (stated && !files.stat(serverFile)) {
    if (!files.stat(dirname(serverFile))) files.makeDirectory(dirname(serverFile));
    // It may hold a password.
    files.create(serverFile, dump(stated), { uid: 0, gid: groupNamed(host, "upkeep"), mode: 0o640 });
    tell(`wrote ${serverFile}`);
  } else if (stated) tell(`${serverFile} is there already and stays as it is`);
  if (nats || bus) makeBusKeys(host, bundle?.keys);
  if (nats) {
    if (!files.stat("/usr/sbin/nats-server")) {
      tell("installs nats-server");
      await installPackages(host, ["nats-server"], () => {});
      // Debian starts one of its own at once, which nobody asked for.
      await host.processes.run(["systemctl", "--quiet", "disable", "--now", "nats-server.service"]);
    }
    const own = wish.listen!.slice(0, wish.listen!.lastIndexOf(":"));
    await makeBusCertificates(host, [own]);
    if (!files.stat(`${busDirectory}/nats.conf`)) natsKeeper(host, nats)([]);
  }
  if (bundle && !files.stat(estateKey)) files.create(estateKey, bundle.estateKey, { uid: 0, gid: 0, mode: 0o600 });
  const ownEstate = `${serverDirectory}/estate.db`;
  if (!database && files.stat(formerEstate) && !files.stat(ownEstate)) {
    await must(host, "systemctl", "--quiet", "stop", "upkeep-agent.service").catch(() => {});
    for (const suffix of ["", "-wal", "-shm"])
      if (files.stat(formerEstate + suffix)) files.rename(formerEstate + suffix, ownEstate + suffix);
    const formerKey = formerEstate.replace(/db$/, "key");
    if (files.stat(formerKey)) files.rename(formerKey, estateKey);
    tell(`moved this machine's records to ${ownEstate}`);
  }
  await must(host, "chown", "--recursive", "--no-dereference", "upkeep:upkeep", serverDirectory);
  await buildWeb(host, tell);
  const units = {
    "upkeep-server.socket": serverSocket(controlSocket),
    "upkeep-server.service": serverService(program),
    ...(nats && { "upkeep-nats.service": natsService(busDirectory) }),
  };
  const start = [...(nats ? ["upkeep-nats.service"] : []), "upkeep-server.socket", "upkeep-server.service"];
  if (await keepService(host, units, start)) return [];
  return [...(nats ? [`nats-server --config ${busDirectory}/nats.conf`] : []), "upkeep serve"];
}

/** The web interface, of which only control planes need anything. Without it the API is there all the same. */
async function buildWeb({ files, processes }: Host, tell: (text: string) => void): Promise<void> {
  if (!files.stat(`${installation}/build/web/index.html`)) tell("builds the web interface, which takes a minute");
  const argv = [process.execPath, `${installation}/build/web.ts`] as const;
  const { code, stderr } = await processes.run(argv, { timeout: 600_000 });
  if (code !== 0) tell(`the web interface could not be built; the API is there. ${stderr.trim().slice(-500)}`);
}

function settingsFrom(stated: object | undefined): ServerSettings {
  const result = serverSchema.safeParse(stated ?? {});
  if (result.success) return result.data;
  throw new UserError(result.error.issues.map(({ path, message }) => ({ message: `${path.join(".")} ${message}` })));
}

function statedSettings({ listen, cluster = [], bus, authority }: Wish, database: string | undefined) {
  if (listen === undefined && database === undefined && bus === undefined) return undefined;
  if (listen !== undefined && bus !== undefined)
    throw new UserError("say either --listen, for a NATS server here, or --bus, for servers that are there already");
  if (listen !== undefined && !/^\S+:\d+$/.test(listen))
    throw new UserError(
      `--listen takes an address of this machine and a port, like 198.51.100.2:4222, not "${listen}"`,
    );
  const port = listen?.slice(listen.lastIndexOf(":") + 1);
  const isCluster = cluster.length > 1;
  return {
    ...(database !== undefined && { database }),
    ...(bus !== undefined && { bus: { servers: bus, ...(authority !== undefined && { authorityFile: authority }) } }),
    ...(listen !== undefined && {
      nats: {
        listen: `0.0.0.0:${port}`,
        advertise: isCluster ? cluster.map((address) => `tls://${address}:${port}`) : [`tls://${listen}`],
        ...(isCluster && {
          cluster: {
            listen: `0.0.0.0:${clusterPort}`,
            routes: cluster.map((address) => `nats://${address}:${clusterPort}`),
          },
          replicas: Math.min(3, cluster.length),
        }),
      },
    }),
  };
}

const groupNamed = ({ files }: Host, name: string): number =>
  Number(new RegExp(`^${name}:[^:]*:(\\d+):`, "m").exec(files.read("/etc/group") ?? "")?.[1] ?? 0);

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
