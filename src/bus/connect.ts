import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { connect, type NatsConnection, nkeyAuthenticator } from "@nats-io/transport-node";
import { rhythm } from "../host/pace.ts";

/** How someone gets onto the bus. */
export interface Access {
  /** `tls://198.51.100.2:4222`, any of a cluster. */
  readonly servers: readonly string[];
  /** The seed of an nkey, as nk(1) prints it; it never leaves this machine. */
  readonly seed: string;
  /** The certificate, as PEM, that the servers' own must come from; by default one that this machine trusts. */
  readonly authority?: string | undefined;
  /** The name in their certificates, where that is not how they are addressed. */
  readonly serverName?: string | undefined;
}

/** The name in the certificates of Upkeep's own servers, whatever their addresses are. */
export const ownServerName = "bus.upkeep";

/** Milliseconds between attempts to reach a server that is not there; doubled each time, up to the last. */
const [firstPause, lastPause] = [200, rhythm(3_000)];

/** Milliseconds that a server may take to let us in. */
const patience = 5_000;

/** Milliseconds between questions whether the other end is there, and how many may be unanswered; the same for both ends. */
export const ping = { every: rhythm(5_000), most: 2 };

/** Connects, however long that takes, and stays connected. `undefined` if nobody wants that any longer. */
export async function connectNats(
  name: string,
  { seed, ...where }: Access,
  inbox: string,
  isWanted: () => boolean = () => true,
): Promise<NatsConnection | undefined> {
  for (let pause = firstPause; isWanted(); pause = Math.min(lastPause, 2 * pause)) {
    try {
      return await connect({
        name,
        servers: [...where.servers],
        authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
        inboxPrefix: inbox,
        tls: trusting(where),
        timeout: patience,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 300,
        pingInterval: ping.every,
        maxPingOut: ping.most,
        ignoreAuthErrorAbort: true,
        // A stack for each question, in case it fails, is a fifth of what a busy control plane does.
        noAsyncTraces: true,
      });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return undefined;
}

/**
 * Whom to believe to be a server: who has a certificate from this authority, or one that this machine trusts, with this
 * name or one of those that we ask for. Nobody is believed without. Handed on to tls.connect() as it is.
 */
export function trusting({ servers, authority, serverName }: Omit<Access, "seed">) {
  const names = servers.map((server) => new URL(server).hostname.replace(/^\[|\]$/g, ""));
  return {
    ...(authority !== undefined && { ca: authority }),
    // The library would ask for "localhost" where a server is addressed by number.
    ...(serverName
      ? { servername: serverName }
      : {
          checkServerIdentity: (_name: string, certificate: PeerCertificate) => {
            const problems = names.map((name) => checkServerIdentity(name, certificate));
            return problems.includes(undefined) ? undefined : problems[0];
          },
        }),
  };
}
