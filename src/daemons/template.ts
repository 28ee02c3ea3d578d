/** Text that is part of a configuration language already. */
export interface Code {
  readonly code: string;
}

export type Value = string | number | Code | readonly Code[];

/** Writes a configuration language: what is put into the text is quoted as the language wants it. */
export type Template = (parts: TemplateStringsArray, ...values: readonly Value[]) => Code;

/**
 * A template for a language, made from its way of quoting a string; `vcl\`set resp.reason = ${reason};\``. Lists are put
 * on lines of their own, indented as their place is.
 */
export const templateFor =
  (quote: (text: string) => string): Template =>
  (parts, ...values) => {
    let text = parts[0] ?? "";
    for (const [index, value] of values.entries()) text += print(value, indentOf(text), quote) + parts[index + 1];
    return { code: text };
  };

function print(value: Value, indent: string, quote: (text: string) => string): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return quote(value);
  const code = "code" in value ? value.code : value.map((each) => each.code).join("\n");
  return code.replaceAll("\n", `\n${indent}`);
}

const indentOf = (text: string): string => /(?:^|\n)([ \t]*)[^\n]*$/.exec(text)?.[1] ?? "";

/** Names and other words of ours, which mean themselves. */
export const code = (text: string): Code => ({ code: text });

/** A file: without the lines that nothing was put on. */
export const fileOf = (...pieces: readonly Code[]): string =>
  `${pieces
    .map((piece) => piece.code)
    .join("\n")
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line, index, lines) => line !== "" || (index > 0 && lines[index - 1] !== ""))
    .join("\n")
    .trim()}\n`;

/** Refuses what no quoting can carry. */
export function oneLine(text: string): string {
  if (/[\n\r\0]/.test(text)) throw new Error("a line of configuration cannot hold a line break or NUL");
  return text;
}
