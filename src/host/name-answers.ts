import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";

/** Milliseconds for a question. */
const patience = 2_000;

export interface NameAnswer {
  readonly addresses: readonly string[];
  /** Seconds for which it may be remembered; of several the most. */
  readonly ttl: number;
}

/** What a name server says of a name, or those that this machine asks. None: there is no such name, or it has no address. */
export async function addressesOf(
  name: string,
  server?: { readonly host: string; readonly port: number },
): Promise<NameAnswer> {
  const resolver = new Resolver({ timeout: patience, tries: 2 });
  if (server) resolver.setServers([`${isIP(server.host) === 6 ? `[${server.host}]` : server.host}:${server.port}`]);
  const none = (error: NodeJS.ErrnoException) => {
    if (error.code === "ENODATA" || error.code === "ENOTFOUND") return [];
    throw error;
  };
  const found = (
    await Promise.all([
      resolver.resolve4(name, { ttl: true }).catch(none),
      resolver.resolve6(name, { ttl: true }).catch(none),
    ])
  ).flat();
  return { addresses: found.map(({ address }) => address).sort(), ttl: Math.max(0, ...found.map(({ ttl }) => ttl)) };
}
