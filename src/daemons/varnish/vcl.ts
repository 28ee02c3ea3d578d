import { oneLine, type Template, templateFor } from "../template.ts";

/**
 * VCL. A string stands in double quotes, and nothing escapes a quote in one; there is no other escape but `%xx`, and only
 * in short strings. See vcl(7), "Strings".
 */
export const vcl: Template = templateFor((text) => {
  if (text.includes('"')) throw new Error(`VCL cannot quote: ${text}`);
  return `"${oneLine(text)}"`;
});
