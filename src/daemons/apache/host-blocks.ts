import type { Block } from "../blocks.ts";

/** The virtual hosts of one of Apache's files. */
export function hostBlocks(file: string, text: string): Block[] {
  const blocks: Block[] = [];
  let current: { names: string[]; line: number } | undefined;
  for (const [line, content] of text.split("\n").entries()) {
    const [directive = "", ...values] = content
      .trim()
      .split(/\s+/)
      .map((word) => word.replace(/^"(.*)"$/, "$1"));
    if (/^<VirtualHost$/i.test(directive)) current = { names: [], line };
    else if (/^<\/VirtualHost>$/i.test(directive) && current) {
      blocks.push({ file, ...current });
      current = undefined;
    } else if (/^Server(Name|Alias)$/i.test(directive))
      current?.names.push(...values.map((name) => name.replace(/^https?:\/\//, "").replace(/:\d+$/, "")));
  }
  return blocks;
}
