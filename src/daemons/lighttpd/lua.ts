import { type Template, templateFor } from "../template.ts";

/** Lua 5.3 and later: every byte that is not plain is written as a number. See its manual, 3.1. */
export const lua: Template = templateFor(
  (text) =>
    `"${Buffer.from(text)
      .toString("latin1")
      .replace(/[^ !#-[\]-~]/g, (byte) => `\\${byte.charCodeAt(0).toString().padStart(3, "0")}`)}"`,
);
