import { connect, type NatsConnection } from "@nats-io/transport-node";
import { z } from "zod";
import { trusting } from "./connect.ts";

/*
 * How a machine becomes a host of the estate: with a token that is good once, it says what the public half of its own
 * key is. The private half never leaves it.
 */

/** Who has no credentials yet; may say one thing, and hear the answer. */
export const joiner = "join";
export const joinSubject = "join";
export const joinInbox = "_INBOX.join";

const tokenSchema = z.strictObject({
  host: z.string(),
  servers: z.array(z.string()),
  /** The password of {@link joiner}, the same for all. */
  password: z.string(),
  authority: z.string().optional(),
  serverName: z.string().optional(),
  /** What is good once. */
  secret: z.string(),
});

export type JoinToken = z.output<typeof tokenSchema>;

export const printToken = (token: JoinToken): string => Buffer.from(JSON.stringify(token)).toString("base64url");

/** `undefined` if it is no token. */
export function readToken(text: string): JoinToken | undefined {
  try {
    return tokenSchema.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
  } catch {
    return undefined;
  }
}

export const joinRequestSchema = z.strictObject({
  secret: z.string().regex(/^[0-9a-f]{32}$/),
  publicKey: z.string().regex(/^U[A-Z2-7]{55}$/),
  boxKey: z.string().max(1_000),
});

export type JoinRequest = z.output<typeof joinRequestSchema>;

/** Milliseconds for which a server that does not let us in is asked again: it may just be reading its configuration. */
const patience = 10_000;

/** Uses a token up. Rejects in words if it is not, or no longer, good. */
export async function join(token: JoinToken, keys: Omit<JoinRequest, "secret">): Promise<{ host: string }> {
  const connection = await connectToJoin(token, Date.now() + patience);
  try {
    const request: JoinRequest = { secret: token.secret, ...keys };
    const reply = await connection.request(joinSubject, JSON.stringify(request), { timeout: 15_000 });
    const { host, problem } = reply.json<{ host?: string; problem?: string }>();
    if (host === undefined) throw new Error(problem ?? "refused");
    return { host };
  } finally {
    await connection.close();
  }
}

async function connectToJoin({ password, ...where }: JoinToken, deadline: number): Promise<NatsConnection> {
  for (;;) {
    try {
      return await connect({
        servers: [...where.servers],
        user: joiner,
        pass: password,
        inboxPrefix: joinInbox,
        tls: trusting(where),
        timeout: 5_000,
        reconnect: false,
      });
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error(
          `the control plane's bus (${where.servers.join(", ")}) cannot be reached from here: ${(error as Error).message}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
