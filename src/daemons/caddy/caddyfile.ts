import { oneLine, type Template, templateFor } from "../template.ts";

/** The Caddyfile: in double quotes only the quote needs a backslash; braces would be placeholders. */
export const caddyfile: Template = templateFor((text) => {
  if (/[{}]/.test(text)) throw new Error(`Caddy would replace a placeholder in: ${text}`);
  if (/\\("|$)/.test(text)) throw new Error(`Caddy would take the backslash for an escape in: ${text}`);
  if (/^[A-Za-z0-9_./:*-]+$/.test(text)) return text;
  return `"${oneLine(text).replaceAll('"', '\\"')}"`;
});
