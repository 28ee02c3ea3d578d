import { escapeHtml } from "../../model/escape-html.ts";
import type { Site } from "./layout.ts";

/** The page of a site that has nothing to show yet. One file, no outside loads, light and dark. */
export function welcomePage(site: Site): string {
  const name = escapeHtml(site.name);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${name} is ready</title>
<style>
  :root { color-scheme: light dark; --ink: #16202c; --soft: #5a6878; --paper: #f6f8fa; --card: #fff; --line: #dfe5eb; --mark: #1f8a5b }
  @media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --soft: #9aa8b6; --paper: #0f151b; --card: #18212a; --line: #2a3642; --mark: #46c48c } }
  * { box-sizing: border-box }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--paper); color: var(--ink);
         font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
  main { max-width: 34rem; width: 100%; padding: 2.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 16px }
  svg { width: 3rem; height: 3rem; display: block; margin-bottom: 1.25rem }
  h1 { margin: 0 0 .5rem; font-size: clamp(1.4rem, 5vw, 1.9rem); line-height: 1.2; overflow-wrap: anywhere }
  p { margin: .75rem 0 0; color: var(--soft) }
  code { padding: .1em .35em; border-radius: 5px; background: var(--paper); color: var(--ink); font-size: .9em; overflow-wrap: anywhere }
</style>
</head>
<body>
<main>
  <svg viewBox="0 0 48 48" fill="none" stroke="var(--mark)" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="24" cy="24" r="21"/><path d="m15 24.5 6.5 6.5L34 18"/></svg>
  <h1>${name} is ready</h1>
  <p>The web server answers for this name. There is nothing here yet.</p>
  <p>Replace this page by putting your own files into <code>${escapeHtml(site.documentRoot)}</code></p>
</main>
</body>
</html>
`;
}
