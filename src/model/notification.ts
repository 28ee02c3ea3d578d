import { z } from "zod";
import { escapeHtml } from "./escape-html.ts";
import { eventNames, type HostEvent, hostEventSchema } from "./happening.ts";

/*
 * Telling people of what has happened on a host: what its kind renders, and what they are told. Times in milliseconds.
 */

export const notificationDirectory = "/etc/upkeep/notifications";

/** Who sends: somebody without rights, and not who reads what strangers write. */
export const notifyAccount = "upkeep-notify";

export const smtpSchema = z.strictObject({
  host: z.string(),
  port: z.int().min(1).max(65_535),
  /** Nothing is sent without it. */
  tls: z.boolean(),
  user: z.string().exactOptional(),
  password: z.string().exactOptional(),
});

export const webhookSchema = z.strictObject({
  url: z.string(),
  /** As Standard Webhooks writes it: `whsec_` and base64. */
  secret: z.string().exactOptional(),
});

export const mailSchema = z.strictObject({
  to: z.array(z.string()).min(1),
  from: z.string().exactOptional(),
  smtp: smtpSchema,
});

export const notificationConfigSchema = z.strictObject({
  name: z.string(),
  events: z.array(z.enum(eventNames)).min(1),
  /** What happens within this time after a message is one message. */
  every: z.int().min(1_000),
  mail: mailSchema.exactOptional(),
  webhook: webhookSchema.exactOptional(),
});

export type NotificationConfig = z.output<typeof notificationConfigSchema>;

/** What is sent, once. */
export const noticeSchema = z.strictObject({
  /** The same when it is sent again, because nobody knows whether it arrived. */
  id: z.string(),
  host: z.string(),
  notification: z.string(),
  at: z.int(),
  /** In the order in which they happened; none: only to see whether it arrives. */
  events: z.array(hostEventSchema),
});

export type Notice = Readonly<z.output<typeof noticeSchema>>;

/** More than a person reads. */
const most = 50;

/** One line for each, and how many more there were. */
export function mailOf({ host, notification, events }: Notice): { subject: string; text: string; html: string } {
  const shown = events.slice(0, most);
  const more = events.length - shown.length;
  const rows = shown.map(({ at, is, says }) => [moment(at), is, says] as const);
  const rest = more > 0 ? `and ${more} more: ${counted(events.slice(most))}` : "";
  const only = events.length === 0 ? "This is a test: it arrives." : "";
  const foot = `${host}, notification ${notification}. \`upkeep events\` there shows more.`;
  const width = Math.max(0, ...rows.map(([, is]) => is.length));
  const cell = (text: string) => `<td style="padding:2px 12px 2px 0;vertical-align:top">${escapeHtml(text)}</td>`;
  return {
    subject: `[${host}] ${summaryOf(events)}`.slice(0, 200),
    text: [...rows.map(([at, is, says]) => `${at}  ${is.padEnd(width)}  ${says}`), rest, only, "", `-- \n${foot}\n`]
      .filter((line, index, all) => line !== "" || all[index + 1]?.startsWith("--"))
      .join("\n"),
    html: `<!doctype html><meta charset="utf-8"><body style="font-family:sans-serif"><table style="border-collapse:collapse">${rows
      .map((row) => `<tr>${row.map(cell).join("")}</tr>`)
      .join("")}</table>${[rest, only]
      .filter(Boolean)
      .map((text) => `<p>${escapeHtml(text)}</p>`)
      .join("")}<p style="color:#666">${escapeHtml(foot)}</p></body>`,
  };
}

/** The body of a webhook, see https://www.standardwebhooks.com. */
export const webhookBodyOf = ({ host, notification, at, events }: Notice): string =>
  JSON.stringify({
    type: events.length === 0 ? "upkeep.test" : "upkeep.events",
    timestamp: new Date(at).toISOString(),
    data: {
      host,
      notification,
      events: events.map(({ is, says, at, log, number }) => ({
        is,
        says,
        at: new Date(at).toISOString(),
        log,
        number,
      })),
    },
  });

function summaryOf(events: readonly HostEvent[]): string {
  const [first] = events;
  if (!first) return "a test of Upkeep's notifications";
  return events.length === 1 ? `${first.is}: ${first.says}` : `${events.length} events: ${counted(events)}`;
}

/** `3 banned, 1 pool alarm`, the most frequent first. */
const counted = (events: readonly HostEvent[]): string =>
  [...Map.groupBy(events, ({ is }) => is)]
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([is, all]) => `${all.length} ${is}`)
    .join(", ");

const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
