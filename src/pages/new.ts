import { escapeHtml } from "../model/escape-html.ts";
import { dataUrl } from "./embedder.ts";
import type { Fetched } from "./fetcher.ts";
import { formatUntil, languages, type Words } from "./languages.ts";

export interface NewPage {
  /** In the owner's own words, the same in every language; else each language's own. */
  readonly title?: string;
  readonly message?: string;
  readonly contact?: string;
  readonly logo?: Pick<Fetched, "type" | "body">;
  readonly until?: Date;
  /** Keys of {@link languages}; the first is for everyone whose language is not among them. */
  readonly languages: readonly string[];
}

/**
 * A page of its own making, in one file. The browser shows the reader's language without any script: SVG's `<switch>`
 * takes the first child whose `systemLanguage` suits (SVG 2, 5.9).
 */
export function newPage(page: NewPage): string {
  const [first = "en"] = page.languages;
  const views = page.languages.map((language) => view(page, language, ` systemLanguage="${language}"`));
  return `<!DOCTYPE html>
<html lang="${first}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(page.title ?? wordsOf(first).title)}</title>
<style>
:root{color-scheme:light dark;--paper:#f6f7f9;--ink:#1c2330;--soft:#4d5869;--line:#d6dbe3}
@media (prefers-color-scheme:dark){:root{--paper:#12161d;--ink:#eef1f6;--soft:#aeb8c7;--line:#333c4a}}
*{box-sizing:border-box}
html,body{height:100%;margin:0;background:var(--paper)}
svg{display:block;width:100%;height:100%}
main{display:flex;flex-direction:column;justify-content:center;gap:1.1rem;min-height:100%;max-width:36rem;margin:0 auto;padding:2.5rem 1.5rem;color:var(--ink);font:1.06rem/1.6 system-ui,sans-serif}
.page{height:100%;overflow:auto}
h1{margin:0;font-size:clamp(1.7rem,6vw,2.5rem);line-height:1.2;letter-spacing:-.01em}
p{margin:0}
dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem .8rem;margin:0;padding-top:1.1rem;border-top:1px solid var(--line);color:var(--soft)}
dd{margin:0;color:var(--ink)}
img{max-width:min(14rem,60%);max-height:5rem;object-fit:contain;align-self:flex-start}
</style>
</head>
<body>
<svg role="presentation"><switch>
${[...views, view(page, first, "")].join("\n")}
</switch></svg>
</body>
</html>
`;
}

const wordsOf = (language: string): Words => languages[language] ?? languages.en!;

function view(page: NewPage, language: string, condition: string): string {
  const words = wordsOf(language);
  const facts = [
    ...(page.until
      ? [
          [
            words.until,
            `<time datetime="${page.until.toISOString()}">${escapeHtml(formatUntil(page.until, language))}</time>`,
          ],
        ]
      : []),
    ...(page.contact ? [[words.contact, escapeHtml(page.contact)]] : []),
  ];
  const logo = page.logo ? `<img alt="" src="${escapeHtml(dataUrl(page.logo))}">` : "";
  const list = facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join("");
  return `<foreignObject${condition} width="100%" height="100%"><div class="page" lang="${language}"><main>${logo}<h1>${escapeHtml(page.title ?? words.title)}</h1><p data-upkeep="message">${escapeHtml(page.message ?? words.message)}</p>${list && `<dl>${list}</dl>`}</main></div></foreignObject>`;
}
