/* css-tree's parts by themselves: the whole also brings all of CSS's grammar, which takes longer to load than a page to build. */

declare module "css-tree/parser" {
  import type { parse } from "css-tree";

  const parser: typeof parse;
  export default parser;
}

declare module "css-tree/walker" {
  import type { walk } from "css-tree";

  const walker: typeof walk;
  export default walker;
}

declare module "css-tree/tokenizer" {
  export const tokenTypes: Readonly<Record<string, number>> & {
    readonly Comma: number;
    readonly Comment: number;
    readonly LeftCurlyBracket: number;
    readonly RightCurlyBracket: number;
    readonly Semicolon: number;
    readonly WhiteSpace: number;
  };
  export function tokenize(text: string, onToken: (type: number, start: number, end: number) => void): void;
}
