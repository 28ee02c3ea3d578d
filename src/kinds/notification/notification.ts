import { z } from "zod";
import { systemFile } from "../../daemons/system-items.ts";
import { notifyNeed, watchNeed } from "../../daemons/watches.ts";
import { hostName, parseAddress } from "../../model/address.ts";
import { milliseconds } from "../../model/duration.ts";
import { eventNames } from "../../model/happening.ts";
import { kind, type Rendering } from "../../model/kind.ts";
import { type NotificationConfig, notificationDirectory } from "../../model/notification.ts";
import type { Resource } from "../../model/resource.ts";
import { plainName } from "../values.ts";

/** What a person should know of who has not asked. */
const serious = [
  "undone",
  "key forbidden",
  "key revoked",
  "revoked",
  "pool alarm",
  "certificate",
  "mail limit",
  "failing",
  "recovered",
  "run",
  "run stopped",
] as const;

const mailAddress = z.email({ error: "must be a mail address, like ops@example.com" }).max(254);
const line = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}]*$/u, "must be one line");

export const notificationSpec = z.strictObject({
  mail: z.array(mailAddress).min(1).max(20).optional().describe("Who gets a mail."),
  webhook: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/, error: "must be an address like https://chat.example.com/hooks/1" })
        .max(2_000),
      secret: z
        .string()
        .max(200)
        .regex(/^whsec_[A-Za-z0-9+/]{24,}={0,2}$/, "must be `whsec_` and base64; `openssl rand -base64 32` makes one")
        .optional()
        .describe("Signs what is sent, see https://www.standardwebhooks.com."),
    })
    .optional()
    .describe("Who is told by HTTP, with JSON."),
  events: z
    .union([z.literal("all"), z.array(z.enum(eventNames)).min(1)])
    .default([...serious])
    .describe("Of what, as `upkeep events` calls it."),
  every: z
    .string()
    .regex(/^(\d+[smhd])+$/, "must be a time like 1m, 1h or 1d")
    .refine((text) => milliseconds(text)! >= 10_000 && milliseconds(text)! <= 7 * 86_400_000, "must be 10s to 7d")
    .default("1m")
    .describe("The first is told at once; what happens within this time after it is one more message."),
  from: mailAddress.optional().describe("Who the mail is from. Default: `upkeep@` and the host's name."),
  smtp: z
    .strictObject({
      host: z
        .string()
        .max(253)
        .refine(
          (text) => hostName.test(text) || text === "localhost" || parseAddress(text),
          "must be a name or address",
        )
        .default("localhost"),
      port: z.int().min(1).max(65_535).default(25),
      tls: z
        .boolean()
        .optional()
        .describe("Nothing is sent without TLS (from the start on port 465). Default: unless it is this machine."),
      user: line.optional(),
      password: line.optional(),
    })
    .prefault({})
    .describe("The mail server that takes it. Default: the one of this machine."),
});

export type NotificationSpec = z.output<typeof notificationSpec>;

/** People and programs that are told of what has happened. */
export const notificationKind = kind<NotificationSpec>({
  name: "Notification",
  summary: "Tells people by mail, and programs by webhook, what has happened on the host.",
  scope: "operator",
  spec: notificationSpec,
  normaliseName: plainName("operators"),
  check: ({ spec }) => [
    ...(spec.mail || spec.webhook ? [] : [{ path: [], message: "say who is to be told: `mail` or `webhook`" }]),
    ...((spec.smtp.user === undefined) === (spec.smtp.password === undefined)
      ? []
      : [{ path: ["smtp"], message: "has to have both a user and a password, or neither" }]),
    ...(spec.smtp.password !== undefined && !usesTls(spec)
      ? [{ path: ["smtp", "tls"], message: "a password is not sent without TLS" }]
      : []),
  ],
  secrets: ["smtp", "webhook"],
  claims: () => [],
  render,
});

const isHere = (host: string): boolean => host === "localhost" || host === "::1" || host.startsWith("127.");

const usesTls = ({ smtp }: NotificationSpec): boolean => smtp.tls ?? !isHere(smtp.host);

function render({ name, spec }: Resource<NotificationSpec>): Rendering {
  const { mail, webhook, from, smtp } = spec;
  const { host, port, user, password } = smtp;
  const config: NotificationConfig = {
    name,
    events: spec.events === "all" ? [...eventNames] : [...new Set(spec.events)],
    every: milliseconds(spec.every)!,
    ...(mail && {
      mail: {
        to: [...new Set(mail)],
        ...(from !== undefined && { from }),
        smtp: {
          host,
          port,
          tls: usesTls(spec),
          ...(user !== undefined && password !== undefined && { user, password }),
        },
      },
    }),
    ...(webhook && {
      webhook: { url: webhook.url, ...(webhook.secret !== undefined && { secret: webhook.secret }) },
    }),
  };
  return {
    items: [
      {
        ...systemFile(`${notificationDirectory}/${name}.json`, `${JSON.stringify(config, undefined, 2)}\n`),
        mode: 0o600,
        secret: true,
      },
    ],
    needs: [watchNeed, notifyNeed],
    probes: [],
  };
}
