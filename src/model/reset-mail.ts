import type { Account } from "./account.ts";
import { escapeHtml } from "./escape-html.ts";

type Language = Account["language"];

/** What somebody is sent who has forgotten their password. */
export function mailOfReset(
  link: string,
  language: Language,
): { readonly subject: string; readonly text: string; readonly html: string } {
  const { subject, says, ignore } = words[language];
  return {
    subject,
    text: `${says}\n\n${link}\n\n${ignore}\n`,
    html: `<!doctype html><meta charset="utf-8"><body style="font-family:sans-serif"><p>${says}</p><p><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></p><p style="color:#666">${ignore}</p></body>`,
  };
}

const words: Readonly<Record<Language, { readonly subject: string; readonly says: string; readonly ignore: string }>> =
  {
    en: {
      subject: "[Upkeep] A new password",
      says: "By this link you set a new password. It is good once, and for an hour.",
      ignore: "If it was not you who asked for it, do nothing: your password stays as it is.",
    },
    de: {
      subject: "[Upkeep] Ein neues Passwort",
      says: "Mit diesem Link setzen Sie ein neues Passwort. Er gilt einmal und eine Stunde lang.",
      ignore: "Falls nicht Sie darum gebeten haben, tun Sie nichts: Ihr Passwort bleibt, wie es ist.",
    },
  };
