import { hostname } from "node:os";
import type { Host } from "../host/host.ts";
import { replaceFile } from "../host/replace-file.ts";
import type { HostKey } from "../store/fleet-host.ts";
import { busDirectory, readBusKeys } from "./bus-keys.ts";
import { natsConfiguration } from "./nats-server.ts";
import type { ServerSettings } from "./settings.ts";

const file = `${busDirectory}/nats.conf`;

/**
 * Keeps the configuration of this machine's NATS server as the estate's hosts want it, and has the server read it again
 * (SIGHUP) when that changes. Whoever is no host any longer is cut off at once.
 */
export function natsKeeper(host: Host, { listen, cluster }: NonNullable<ServerSettings["nats"]>) {
  const keys = readBusKeys(host);
  return (hosts: readonly HostKey[]): void => {
    const text = natsConfiguration({
      name: hostname(),
      listen,
      directory: busDirectory,
      ...(cluster && { cluster: { name: "upkeep", ...cluster } }),
      ...keys,
      hosts,
    });
    if (host.files.read(file) === text) return;
    replaceFile(host.files, file, text, { uid: process.getuid!(), gid: process.getgid!(), mode: 0o600 });
    const pid = Number(host.files.read(`${busDirectory}/nats.pid`) ?? 0);
    if (pid > 1) host.processes.signal(pid, "SIGHUP");
  };
}
