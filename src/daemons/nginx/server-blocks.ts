import type { Block } from "../blocks.ts";

/** The server blocks of one of nginx's files, by its own rules for words, quotes and comments (`ngx_conf_read_token`). */
export function serverBlocks(file: string, text: string): Block[] {
  const blocks: Block[] = [];
  const open: string[] = [];
  let current: { names: string[]; line: number; depth: number } | undefined;
  let words: string[] = [];
  for (const { word, line } of tokens(text)) {
    if (word === "{") {
      open.push(words[0] ?? "");
      if (words[0] === "server" && words.length === 1 && !current) current = { names: [], line, depth: open.length };
      words = [];
    } else if (word === "}") {
      if (current?.depth === open.length) {
        blocks.push({ file, names: current.names, line: current.line });
        current = undefined;
      }
      open.pop();
      words = [];
    } else if (word === ";") {
      if (words[0] === "server_name" && current?.depth === open.length) {
        current.names.push(...words.slice(1));
        current.line = line;
      }
      words = [];
    } else words.push(word);
  }
  return blocks;
}

function* tokens(text: string): Generator<{ readonly word: string; readonly line: number }> {
  let line = 0;
  for (const [token] of text.matchAll(
    /\n|#[^\n]*|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|[{};]|(?:[^\s{};"'#\\]|\\[\s\S]|(?<=\$)\{)[^\s{};]*/g,
  )) {
    if (token === "\n") line++;
    else if (!token.startsWith("#")) {
      yield { word: token.replace(/^(["'])([\s\S]*)\1$/, "$2"), line };
      line += token.split("\n").length - 1;
    }
  }
}
