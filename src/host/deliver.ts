import { createHmac } from "node:crypto";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { mailOf, type Notice, type NotificationConfig, webhookBodyOf } from "../model/notification.ts";
import { postTo } from "./post-to.ts";

/** Whom this machine trusts (`/etc/ssl/certs`), where it says so. */
const authorities = getCACertificates("system");
if (authorities.length > 0) setDefaultCACertificates(authorities);

/** How long a server may take. Milliseconds. */
const patience = 20_000;

/** Sends a notice by mail; rejects with what the server said. */
export const deliverMail = (
  { to, from, smtp }: NonNullable<NotificationConfig["mail"]>,
  notice: Notice,
): Promise<void> => sendMail(smtp, { from: from ?? `upkeep@${notice.host}`, to, id: notice.id, ...mailOf(notice) });

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** The same when it is sent again. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Hands a mail to a server; rejects with what that said. */
export async function sendMail(
  smtp: NonNullable<NotificationConfig["mail"]>["smtp"],
  { from, to, id, ...content }: Mail,
): Promise<void> {
  const { createTransport } = await import("nodemailer");
  const { host, port, tls, user, password } = smtp;
  const transport = createTransport({
    host,
    port,
    secure: tls && port === 465,
    requireTLS: tls,
    ignoreTLS: !tls,
    ...(user !== undefined && { auth: { user, pass: password } }),
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from: { name: "Upkeep", address: from },
      to: [...to],
      messageId: `<${Buffer.from(id).toString("hex").slice(-100)}@upkeep.invalid>`,
      headers: { "Auto-Submitted": "auto-generated", Precedence: "bulk" },
      ...content,
    });
  } finally {
    transport.close();
  }
}

/** Sends a notice by HTTP; rejects with what came back. */
export const deliverWebhook = (webhook: NonNullable<NotificationConfig["webhook"]>, notice: Notice): Promise<void> =>
  postSigned(webhook, notice.id.replaceAll(" ", "_"), webhookBodyOf(notice));

/**
 * Posts a body, signed where there is a secret (Standard Webhooks). `id`: the same when it is sent again. `isAllowed`: which
 * addresses may be asked, where whoever wants it may not reach all that we can.
 */
export async function postSigned(
  { url: text, secret }: { readonly url: string; readonly secret?: string | undefined },
  id: string,
  body: string,
  isAllowed: (address: string) => boolean = () => true,
): Promise<void> {
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    "content-type": "application/json",
    "user-agent": "upkeep",
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    ...(secret && { "webhook-signature": signatureOf(secret, `${id}.${timestamp}.${body}`) }),
  };
  const url = new URL(text);
  const status = await postTo(url, { headers, body, timeout: patience }, isAllowed).catch((error: Error) => {
    throw new Error(`${url.host} does not answer: ${error.message}`);
  });
  if (status < 200 || status > 299) throw new Error(`${url.host} answers ${status}`);
}

/** As Standard Webhooks signs: the secret is the base64 after `whsec_`. */
const signatureOf = (secret: string, text: string): string =>
  `v1,${createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64"))
    .update(text)
    .digest("base64")}`;
