import { createHmac } from "node:crypto";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { mailOf, type Notice, type NotificationConfig, webhookBodyOf } from "../model/notification.ts";

/** Whom this machine trusts (`/etc/ssl/certs`), where it says so. */
const authorities = getCACertificates("system");
if (authorities.length > 0) setDefaultCACertificates(authorities);

/** How long a server may take. Milliseconds. */
const patience = 20_000;

/** Sends a notice by mail; rejects with what the server said. */
export async function deliverMail({ to, from, smtp }: NonNullable<NotificationConfig["mail"]>, notice: Notice) {
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
      from: { name: "Upkeep", address: from ?? `upkeep@${notice.host}` },
      to: [...to],
      messageId: `<${Buffer.from(notice.id).toString("hex").slice(-100)}@upkeep.invalid>`,
      headers: { "Auto-Submitted": "auto-generated", Precedence: "bulk" },
      ...mailOf(notice),
    });
  } finally {
    transport.close();
  }
}

/** Sends a notice by HTTP, signed where there is a secret; rejects with what came back. */
export async function deliverWebhook({ url, secret }: NonNullable<NotificationConfig["webhook"]>, notice: Notice) {
  const body = webhookBodyOf(notice);
  const timestamp = Math.floor(Date.now() / 1000);
  const response = await fetch(url, {
    method: "POST",
    redirect: "error",
    signal: AbortSignal.timeout(patience),
    headers: {
      "content-type": "application/json",
      "user-agent": "upkeep",
      "webhook-id": notice.id.replaceAll(" ", "_"),
      "webhook-timestamp": String(timestamp),
      ...(secret && {
        "webhook-signature": signatureOf(secret, `${notice.id.replaceAll(" ", "_")}.${timestamp}.${body}`),
      }),
    },
    body,
  }).catch((error: Error) => {
    throw new Error(`${new URL(url).host} does not answer: ${reasonOf(error)}`);
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${new URL(url).host} answers ${response.status}`);
}

const reasonOf = ({ message, cause }: Error): string => (cause instanceof Error ? cause.message : message);

/** As Standard Webhooks signs: the secret is the base64 after `whsec_`. */
const signatureOf = (secret: string, text: string): string =>
  `v1,${createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64"))
    .update(text)
    .digest("base64")}`;
