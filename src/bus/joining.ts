import { connect, type NatsConnection, NoRespondersError, RequestError } from "@nats-io/transport-node";
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

/** Milliseconds for which someone who is not there is tried again: they may just be starting. */
const startsWithin = 30_000;

/** Milliseconds for which a control plane that is there, and says nothing, is asked again. */
const patience = 60_000;

/** Milliseconds after which an answer, or the question, is taken for lost. */
const answerWithin = 5_000;

/** What a control plane says to a request, or why none has said anything and for how long to go on asking. */
type Reply =
  | { readonly host?: string | undefined; readonly problem?: string | undefined; readonly trouble?: undefined }
  | { readonly trouble: string; readonly patience: number };

/** Uses a token up. Rejects in words if it is not, or no longer, good. With the same keys it may be tried again. */
export async function join(token: JoinToken, keys: Omit<JoinRequest, "secret">): Promise<{ host: string }> {
  const request = JSON.stringify({ secret: token.secret, ...keys } satisfies JoinRequest);
  const begun = Date.now();
  for (;;) {
    const reply = await ask(token, request);
    if (reply.trouble === undefined) {
      if (reply.host === undefined) throw new Error(reply.problem ?? "refused");
      return { host: reply.host };
    }
    if (Date.now() - begun > reply.patience) throw new Error(reply.trouble);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function ask(token: JoinToken, request: string): Promise<Reply> {
  const where = token.servers.join(", ");
  let connection: NatsConnection;
  try {
    connection = await connectToJoin(token);
  } catch (error) {
    const trouble = `the control plane's bus (${where}) cannot be reached from here: ${(error as Error).message}`;
    return { trouble, patience: startsWithin };
  }
  try {
    const reply = await connection.request(joinSubject, request, { timeout: answerWithin });
    return reply.json<{ host?: string; problem?: string }>();
  } catch (error) {
    if (error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders()))
      return { trouble: "no control plane is on the bus; does `upkeep serve` run?", patience: startsWithin };
    return { trouble: `no control plane has answered on ${where}: ${(error as Error).message}`, patience };
  } finally {
    await connection.close();
  }
}

const connectToJoin = ({ password, ...where }: JoinToken): Promise<NatsConnection> =>
  connect({
    servers: [...where.servers],
    user: joiner,
    pass: password,
    inboxPrefix: joinInbox,
    tls: trusting(where),
    timeout: answerWithin,
    reconnect: false,
  });
