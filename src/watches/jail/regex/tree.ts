/* A regular expression as Python's `re` means it (https://docs.python.org/3/library/re.html), taken apart. */

export type Node =
  /** Characters that stand for themselves. */
  | { readonly is: "text"; readonly text: string; readonly anyCase: boolean }
  /** One character out of many. */
  | { readonly is: "set"; readonly negated: boolean; readonly members: readonly Member[]; readonly anyCase: boolean }
  /** Any character; of all but the newline unless `all`. */
  | { readonly is: "any"; readonly all: boolean }
  | { readonly is: "place"; readonly at: Place }
  | { readonly is: "group"; readonly name: string | undefined; readonly number: number; readonly body: Node }
  | { readonly is: "look"; readonly behind: boolean; readonly negative: boolean; readonly body: Node }
  /** What has matched is not gone back on. */
  | { readonly is: "atomic"; readonly body: Node }
  | { readonly is: "again"; readonly group: number; readonly anyCase: boolean }
  /** One thing if a group has taken part, else another. */
  | { readonly is: "if"; readonly group: number; readonly yes: Node; readonly no: Node }
  | { readonly is: "all"; readonly parts: readonly Node[] }
  | { readonly is: "either"; readonly options: readonly Node[] }
  | {
      readonly is: "repeat";
      readonly body: Node;
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
    };

/** `startOfLine` and `endOfLine` are `^` and `$`: of the text, or of each of its lines. */
export type Place = "startOfLine" | "endOfLine" | "start" | "end" | "wordEdge" | "insideWord";

/** A character, a range of them (code points), or a class. */
export type Member = readonly [from: number, to: number] | "d" | "D" | "w" | "W" | "s" | "S";

export const empty: Node = { is: "all", parts: [] };

/** One after the other; texts beside each other become one. */
export function sequence(parts: readonly Node[]): Node {
  const flat: Node[] = [];
  for (const part of parts.flatMap((each) => (each.is === "all" ? each.parts : [each]))) {
    const last = flat.at(-1);
    if (part.is === "text" && last?.is === "text" && part.anyCase === last.anyCase)
      flat[flat.length - 1] = { ...last, text: last.text + part.text };
    else flat.push(part);
  }
  return flat.length === 1 ? flat[0]! : { is: "all", parts: flat };
}

export const choice = (options: readonly Node[]): Node =>
  options.length === 1 ? options[0]! : { is: "either", options };

/** The node itself and all below it. */
export function* within(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* within(child);
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.is) {
    case "group":
    case "look":
    case "atomic":
    case "repeat":
      return [node.body];
    case "if":
      return [node.yes, node.no];
    case "all":
      return node.parts;
    case "either":
      return node.options;
    default:
      return [];
  }
}
