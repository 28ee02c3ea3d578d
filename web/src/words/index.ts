import { createContext, use } from "react";
import { de } from "./de.ts";
import { en, type Words } from "./en.ts";

export type Language = "en" | "de";

export const words: Readonly<Record<Language, Words>> = { en, de };

/** What the browser's owner reads, until an account says otherwise. */
export const preferred = (): Language =>
  navigator.languages.map((each) => each.slice(0, 2)).find((each) => each === "de" || each === "en") === "de"
    ? "de"
    : "en";

export const Speaking = createContext<Language>("en");

export const useWords = (): Words => words[use(Speaking)];
export const useLanguage = (): Language => use(Speaking);

/** How dates are written: as the browser's owner is used to, where that is in the same language. */
export const localeFor = (language: Language): string =>
  navigator.languages.find((each) => each.startsWith(language)) ?? language;
export const useLocale = (): string => localeFor(useLanguage());

/** How long ago something was, roughly. */
export function ago({ time }: Words, at: number, now = Date.now()): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return time.now;
  if (minutes < 60) return time.minutes(minutes);
  return minutes < 48 * 60 ? time.hours(Math.floor(minutes / 60)) : time.days(Math.floor(minutes / 1_440));
}
