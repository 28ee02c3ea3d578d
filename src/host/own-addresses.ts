import { networkInterfaces } from "node:os";
import type { Host } from "./host.ts";

/**
 * Addresses that this machine cannot do without: its own, its gateways, and those from which people are signed in. As
 * text, each once.
 */
export async function vitalAddresses(host: Host): Promise<readonly string[]> {
  const own = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
  const routes = await Promise.all([
    host.processes.run(["ip", "-4", "route", "show", "default"]),
    host.processes.run(["ip", "-6", "route", "show", "default"]),
  ]);
  const gateways = routes.flatMap(({ stdout }) => [...stdout.matchAll(/\bvia (\S+)/g)].map(([, via]) => via!));
  const { stdout: people } = await host.processes.run(["who"]);
  const from = [...people.matchAll(/\(([^()]+)\)$/gm)].map(([, where]) => where!);
  return [...new Set([...own, ...gateways, ...from])];
}
