import type { Block } from "../blocks.ts";

/** The site blocks of a Caddyfile: what opens a brace at its outermost level, but for global options and snippets. */
export function siteBlocks(file: string, text: string): Block[] {
  const blocks: Block[] = [];
  let depth = 0;
  let addresses = "";
  for (const [line, content] of text.split("\n").entries()) {
    const words = content.replace(/(^|\s)#.*$/, "$1").trim();
    if (depth === 0 && words !== "" && words !== "}") {
      addresses += ` ${words}`;
      if (words.endsWith("{")) {
        const names = addresses
          .slice(0, -1)
          .split(/[\s,]+/)
          .filter(Boolean);
        if (names.length > 0 && !names[0]!.startsWith("(")) blocks.push({ file, names: names.map(hostOf), line });
        addresses = "";
      } else if (/^import\s/.test(words)) addresses = "";
    }
    // Braces of placeholders, such as {path}, close on the line that opens them.
    depth += (words.match(/(?:^|\s)\{$/g) ?? []).length - (words === "}" ? 1 : 0);
  }
  return blocks;
}

/** `https://shop.example.com:8443` is for shop.example.com, `:80` for every name. */
function hostOf(address: string): string {
  const host = address
    .replace(/^https?:\/\//, "")
    .replace(/\/.*$/, "")
    .replace(/:\d+$/, "");
  return host === "" ? "*" : host;
}
