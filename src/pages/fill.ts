import { escapeHtml } from "../model/escape-html.ts";
import { formatUntil } from "./languages.ts";

/** What a built page can be told later, without being read as HTML again. */
export interface Filling {
  readonly title?: string | undefined;
  readonly message?: string | undefined;
  readonly until?: Date | undefined;
}

export type Place = "message" | "until";

export const openingOf = (place: Place): string => `upkeep:${place}`;
export const closingOf = (place: Place): string => `/upkeep:${place}`;

/**
 * Puts title, message and expected end into a page in which {@link markPlaces} has marked where they go. What is not
 * given stays as the page has it.
 */
export function fillPage(html: string, { title, message, until }: Filling): string {
  const language = /<html[^>]*\slang="?([A-Za-z-]+)/.exec(html)?.[1] ?? "en";
  let filled = html;
  if (title !== undefined)
    filled = filled.replace(/<title>[^<]*<\/title>/, () => `<title>${escapeHtml(title)}</title>`);
  if (message !== undefined) filled = replaceAt(filled, "message", escapeHtml(message));
  if (until) filled = replaceAt(filled, "until", escapeHtml(formatUntil(until, language)));
  return filled;
}

function replaceAt(html: string, place: Place, text: string): string {
  const marks = new RegExp(`<!--${openingOf(place)}-->([\\s\\S]*?)<!--${closingOf(place)}-->`, "g");
  return html.replace(marks, (_, inside: string) => (inside === "" ? `<p role="status">${text}</p>` : text));
}
