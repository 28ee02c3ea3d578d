import { z } from "zod";
import type { Account } from "./account.ts";
import { escapeHtml } from "./escape-html.ts";
import type { Role } from "./role.ts";

/*
 * What single people are told of, in their own words: how their changes end, and what is wrong with what is theirs.
 */

/**
 * - `changes`: how one's own changes end.
 * - `troubles`: what fails, is set aside or was changed by hand, of all that one sees.
 * - `maintenance`: a site's maintenance begins, or ends.
 * - `hosts`: one is lost, or back; for operators.
 * - `certificates`: one ends soon, or has ended.
 */
export const subjects = ["changes", "troubles", "maintenance", "hosts", "certificates"] as const;

export type Subject = (typeof subjects)[number];

/** When mail goes: at once, or what has gathered in an hour or a day together. */
export const mailPaces = ["off", "now", "hourly", "daily"] as const;

export const wishesSchema = z
  .strictObject({
    about: z
      .array(z.enum(subjects))
      .max(subjects.length)
      .default(["changes", "troubles", "maintenance", "hosts", "certificates"]),
    mail: z.enum(mailPaces).default("now"),
    webhook: z
      .strictObject({
        url: z
          .url({ protocol: /^https?$/, error: "must be an address like https://hooks.example.com/upkeep" })
          .max(1_000),
        secret: z
          .string()
          .regex(/^whsec_[A-Za-z0-9+/]{32,100}={0,2}$/, "must be `whsec_` and base64, as Standard Webhooks writes it")
          .optional(),
      })
      .optional()
      .describe(
        "Each notice is posted there, signed (Standard Webhooks); by https to a public address, but for operators.",
      ),
  })
  .meta({ id: "NewWishes" });

export type Wishes = z.output<typeof wishesSchema>;

/** What somebody is told. */
export interface PersonalNotice {
  readonly is: string;
  readonly about: Subject;
  /** The record, the site or the host. */
  readonly what: string;
  /** Where, and in whose words. */
  readonly host?: string;
  readonly says: string;
  readonly at: number;
}

/** Somebody who may be told, and of what. */
export interface Listener extends Pick<Account, "id" | "email" | "isOperator"> {
  readonly tenants: Readonly<Record<string, Role>>;
  readonly about: readonly Subject[];
}

/** What has happened, with who has caused it where that is known. */
export interface Happened extends Omit<PersonalNotice, "about"> {
  readonly tenant?: string;
  /** An e-mail address. */
  readonly actor?: string;
}

/** Of what a change can end in, whoever made it is told all, and others only what is wrong. */
const endings: ReadonlySet<string> = new Set(["live", "failed", "set aside"]);
const wrong: ReadonlySet<string> = new Set(["failed", "set aside", "changed by hand", "mail limit"]);
const forOperators: Readonly<Record<string, Subject>> = { lost: "hosts", back: "hosts" };

/** Whom something concerns, and why; pure, so that who is told what can be read in a table of cases. */
export function concernOf({ is, tenant, actor }: Happened, listener: Listener): Subject | undefined {
  const sees = listener.isOperator || (tenant !== undefined && listener.tenants[tenant] !== undefined);
  const wants = (subject: Subject) => (listener.about.includes(subject) ? subject : undefined);
  const own = forOperators[is];
  if (own) return listener.isOperator ? wants(own) : undefined;
  if (!sees) return undefined;
  if (is.startsWith("maintenance")) return wants("maintenance");
  if (is === "certificate") return wants("certificates");
  if (endings.has(is) && actor === listener.email && listener.about.includes("changes")) return "changes";
  // What was changed by hand is for those who can look at the host.
  if (is === "changed by hand" && !listener.isOperator) return undefined;
  return wrong.has(is) ? wants("troubles") : undefined;
}

type Language = Account["language"];

const sentences: Readonly<Record<Language, Readonly<Record<string, (what: string) => string>>>> = {
  en: {
    live: (what) => `${what} is live`,
    failed: (what) => `${what} could not be carried out; what was live before still is`,
    "set aside": (what) => `${what} was refused by the server program; what was live before still is`,
    "changed by hand": (what) => `${what} was changed on the server by hand`,
    "maintenance begins": (what) => `${what}: maintenance begins`,
    "maintenance ends": (what) => `${what}: maintenance is over`,
    lost: (what) => `Host ${what} is not heard of`,
    back: (what) => `Host ${what} is back`,
    "mail limit": (what) => `${what} sends no more mail today: its limit is reached`,
    certificate: (what) => `A certificate has to be renewed: ${what}`,
  },
  de: {
    live: (what) => `${what} ist aktiv`,
    failed: (what) => `${what} ließ sich nicht umsetzen; was vorher aktiv war, ist es weiterhin`,
    "set aside": (what) => `${what} wurde vom Serverprogramm abgelehnt; was vorher aktiv war, ist es weiterhin`,
    "changed by hand": (what) => `${what} wurde auf dem Server von Hand geändert`,
    "maintenance begins": (what) => `${what}: Die Wartung beginnt`,
    "maintenance ends": (what) => `${what}: Die Wartung ist vorbei`,
    lost: (what) => `Von Server ${what} ist nichts zu hören`,
    back: (what) => `Server ${what} ist wieder da`,
    "mail limit": (what) => `${what} versendet heute keine Mails mehr: Das Limit ist erreicht`,
    certificate: (what) => `Ein Zertifikat muss erneuert werden: ${what}`,
  },
};

/** A notice in one sentence, for people. */
export const sentenceOf = ({ is, what }: Pick<PersonalNotice, "is" | "what">, language: Language): string =>
  (sentences[language][is] ?? ((each: string) => `${is}: ${each}`))(what.replace(/^\w+\//, ""));

/** More than a person reads. */
const most = 50;

/** One mail of all that has gathered. */
export function mailOfNotices(
  notices: readonly PersonalNotice[],
  { language, origin }: { readonly language: Language; readonly origin: string },
): { readonly subject: string; readonly text: string; readonly html: string } {
  const shown = notices.slice(0, most);
  const rest = notices.length - shown.length;
  const more = rest === 0 ? "" : language === "de" ? `und ${rest} weitere` : `and ${rest} more`;
  const lines = shown.map((notice) => ({
    at: new Date(notice.at).toISOString().slice(0, 16).replace("T", " "),
    sentence: sentenceOf(notice, language),
    says: notice.is === "live" ? "" : notice.says,
    host: notice.host ?? "",
  }));
  const counted = language === "de" ? `${notices.length} Meldungen` : `${notices.length} notices`;
  const subject = `[Upkeep] ${notices.length === 1 ? lines[0]!.sentence : counted}`.slice(0, 200);
  const foot = language === "de" ? `Einstellungen: ${origin}/account` : `Settings: ${origin}/account`;
  return {
    subject,
    text: [
      ...lines.flatMap(({ at, sentence, says, host }) => [
        `${at} UTC  ${sentence}${host && ` (${host})`}`,
        ...(says === "" ? [] : says.split("\n").map((line) => `    ${line}`)),
      ]),
      ...(more === "" ? [] : [more]),
      "",
      "-- ",
      foot,
      "",
    ].join("\n"),
    html: `<!doctype html><meta charset="utf-8"><body style="font-family:sans-serif">${lines
      .map(
        ({ at, sentence, says, host }) =>
          `<p><strong>${escapeHtml(sentence)}</strong> <span style="color:#666">${escapeHtml(`${host} ${at} UTC`)}</span>${
            says === "" ? "" : `<br><code style="white-space:pre-wrap">${escapeHtml(says)}</code>`
          }</p>`,
      )
      .join(
        "",
      )}${more === "" ? "" : `<p>${more}</p>`}<p><a href="${escapeHtml(origin)}/account">${escapeHtml(foot)}</a></p></body>`,
  };
}
