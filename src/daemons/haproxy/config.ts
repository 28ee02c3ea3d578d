import { oneLine, type Template, templateFor } from "../template.ts";

/** HAProxy's language: within single quotes nothing means anything but the quote itself. See its manual, 2.2. */
export const haproxy: Template = templateFor((text) => {
  if (/^[A-Za-z0-9_./:-]+$/.test(text)) return text;
  return `'${oneLine(text).replaceAll("'", "'\\''")}'`;
});
