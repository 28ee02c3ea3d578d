import { readFileSync } from "node:fs";
import type { NatsConnection } from "@nats-io/transport-node";
import { connectNats, ownServerName } from "../../../src/bus/connect.ts";

/** On a control plane's machine: the bus, with all that the control plane may do there. */
export async function onBus(): Promise<NatsConnection> {
  const keys = "/var/lib/upkeep-server/bus";
  const access = {
    servers: ["tls://127.0.0.1:4222"],
    seed: readFileSync(`${keys}/control.seed`, "utf8").trim(),
    authority: readFileSync(`${keys}/authority.pem`, "utf8"),
    serverName: ownServerName,
  };
  return (await connectNats("test", access, "_INBOX.control"))!;
}
