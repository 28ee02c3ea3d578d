import { tokenize, tokenTypes } from "css-tree/tokenizer";

const closers = new Set<number>([
  tokenTypes.Comma,
  tokenTypes.Semicolon,
  tokenTypes.LeftCurlyBracket,
  tokenTypes.RightCurlyBracket,
]);

/**
 * CSS without comments, and without white space where it means nothing: beside `{ } ; ,` it never does
 * (css-syntax-3), elsewhere one blank stands for all of it. A comment that alone keeps two words apart stays, empty.
 */
export function shorten(text: string, isStart = true): string {
  let short = "";
  let blank = false;
  let tight = isStart;
  let parted = false;
  tokenize(text, (type: number, start: number, end: number) => {
    if (type === tokenTypes.Comment) {
      parted = true;
      return;
    }
    if (type === tokenTypes.WhiteSpace) {
      blank = true;
      return;
    }
    const isCloser = closers.has(type);
    if (!tight && !isCloser) short += blank ? " " : parted ? "/**/" : "";
    blank = false;
    parted = false;
    tight = isCloser;
    short += text.slice(start, end);
  });
  return blank && !tight ? `${short} ` : short;
}
