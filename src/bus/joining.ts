import { connect, type NatsConnection } from "@nats-io/transport-node";
import { z } from "zod";
import { ownServerName, trusting } from "./connect.ts";

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
  authority: z.string(),
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

export interface JoinRequest {
  readonly secret: string;
  readonly publicKey: string;
}

/** Uses a token up. Rejects in words if it is not, or no longer, good. */
export async function join(
  { servers, password, authority, secret }: JoinToken,
  publicKey: string,
): Promise<{ host: string }> {
  let connection: NatsConnection;
  try {
    connection = await connect({
      servers: [...servers],
      user: joiner,
      pass: password,
      inboxPrefix: joinInbox,
      tls: trusting(authority, ownServerName),
      timeout: 10_000,
    });
  } catch (error) {
    throw new Error(`the control plane's bus (${servers.join(", ")}) cannot be reached: ${(error as Error).message}`);
  }
  try {
    const reply = await connection.request(joinSubject, JSON.stringify({ secret, publicKey } satisfies JoinRequest), {
      timeout: 15_000,
    });
    const { host, problem } = reply.json<{ host?: string; problem?: string }>();
    if (host === undefined) throw new Error(problem ?? "refused");
    return { host };
  } finally {
    await connection.close();
  }
}
