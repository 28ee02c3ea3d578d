import { hash } from "node:crypto";
import { type Filling, fillPage } from "../../pages/fill.ts";
import { languages } from "../../pages/languages.ts";
import { newPage } from "../../pages/new.ts";
import type { Layout } from "./layout.ts";
import { statuses } from "./schema.ts";

/** The forms of an answer, by the end of their files' names. */
export const forms = {
  html: "text/html; charset=utf-8",
  json: "application/problem+json",
  txt: "text/plain; charset=utf-8",
} as const;

export type Form = keyof typeof forms;

/** What visitors get, whichever server says it. */
export interface Answers {
  readonly bodies: Readonly<Record<Form, string>>;
  /** Retry-After (RFC 9110, 10.2.3): seconds, or the time itself. */
  readonly retryAfter: string;
}

/** `page`: the built page that the record speaks of, if it speaks of one. */
export function answersFor({ spec }: Layout, page: string | undefined): Answers {
  const { title, message, status } = spec;
  const until = spec.until === undefined ? undefined : new Date(spec.until);
  const words = languages.en!;
  const html = pageFor({ title, message, until }, page);
  const detail = message ?? words.message;
  return {
    bodies: {
      html,
      // RFC 9457
      json: `${JSON.stringify({
        type: "about:blank",
        title: statuses[status],
        status,
        detail,
        ...(until && { until: until.toISOString() }),
      })}\n`,
      txt: `${title ?? words.title}\n\n${detail}\n${until ? `\n${words.until} ${until.toISOString()}\n` : ""}`,
    },
    retryAfter: spec.retryAfter === undefined ? (until?.toUTCString() ?? "600") : String(spec.retryAfter),
  };
}

/** What people see: the built page with this in it, or one of Upkeep's. */
export const pageFor = (filling: Required<Filling>, page: string | undefined): string =>
  page === undefined ? ownPage(filling) : fillPage(page, filling);

const made = new Map<string, string>();

/** Upkeep's page; the same for many, and nine languages take a moment. */
function ownPage({ title, message, until }: Required<Filling>): string {
  const key = JSON.stringify([title, message, until]);
  let page = made.get(key);
  if (page === undefined) {
    page = newPage({
      languages: Object.keys(languages),
      ...(title !== undefined && { title }),
      ...(message !== undefined && { message }),
      ...(until && { until }),
    });
    made.set(key, page);
  }
  return page;
}

/** Names a version of the answers by so many bits. */
export const versionOf = (answers: Answers, bits: number): string =>
  BigInt(`0x${hash("sha256", JSON.stringify(answers)).slice(0, 16)}`)
    .toString(2)
    .padStart(64, "0")
    .slice(-bits);
