import { ExpressionError } from "./python.ts";
import { choice, empty, type Node, sequence, within } from "./tree.ts";

/** Which groups have taken part. */
type Known = ReadonlyMap<number, boolean>;

/** One way that a part can go. */
interface Way {
  readonly node: Node;
  readonly known: Known;
}

/** More ways than this are a mistake. */
const most = 200;

/**
 * Writes an expression out so that nothing in it depends on whether a group has taken part (`(?(name)yes|no)`, which
 * JavaScript does not have): where that is decided, all that follows is there once for each way. What matches, and in
 * which order it is tried, stays the same.
 */
export function withoutConditions(root: Node): Node {
  const asked = new Set([...within(root)].flatMap((node) => (node.is === "if" ? [node.group] : [])));
  if (asked.size === 0) return root;

  const decides = (node: Node): boolean =>
    [...within(node)].some((each) => each.is === "if" || (each.is === "group" && asked.has(each.number)));
  const groupsIn = (node: Node): number[] =>
    [...within(node)].flatMap((each) => (each.is === "group" && asked.has(each.number) ? [each.number] : []));
  const skipped = (node: Node, known: Known): Known =>
    new Map([...known, ...groupsIn(node).map((group) => [group, false] as const)]);
  const wrap = (ways: readonly Way[], around: (node: Node) => Node): Way[] =>
    ways.map(({ node, known }) => ({ node: around(node), known }));

  function ways(node: Node, known: Known): Way[] {
    if (!decides(node)) return [{ node, known }];
    switch (node.is) {
      case "if":
        return ways(known.get(node.group) ? node.yes : node.no, known);
      case "group": {
        const inner = wrap(ways(node.body, known), (body) => ({ ...node, body }));
        return inner.map((way) => ({ ...way, known: new Map([...way.known, [node.number, true] as const]) }));
      }
      case "atomic":
        return wrap(ways(node.body, known), (body) => ({ ...node, body }));
      case "look":
        return [
          { node: { ...node, body: settled(node.body, known) }, known: node.negative ? skipped(node, known) : known },
        ];
      case "either":
        return node.options.flatMap((option) => ways(option, skipped(node, known)));
      case "all":
        return inSequence(node.parts, known);
      case "repeat": {
        if (node.most !== 1) throw new ExpressionError("what is asked about cannot stand in a repetition", 0);
        const present = ways(node.body, known);
        const absent: Way = { node: empty, known: skipped(node, known) };
        return node.least === 1 ? present : node.lazy ? [absent, ...present] : [...present, absent];
      }
      default:
        return [{ node, known }];
    }
  }

  function inSequence(parts: readonly Node[], known: Known): Way[] {
    const [first, ...rest] = parts;
    if (!first) return [{ node: empty, known }];
    const all = ways(first, known).flatMap((way) =>
      wrap(inSequence(rest, way.known), (node) => sequence([way.node, node])),
    );
    if (all.length > most) throw new ExpressionError("it depends on too many groups", 0);
    return all;
  }

  /** As `ways`, where nothing further on asks: one node, in which what comes before a decision is there once. */
  function settled(node: Node, known: Known): Node {
    if (node.is === "either") return choice(node.options.map((option) => settled(option, known)));
    if (node.is !== "all") return choice(ways(node, known).map((way) => way.node));
    const at = node.parts.findIndex(decides);
    if (at < 0) return node;
    const [decision, ...rest] = node.parts.slice(at);
    const options = ways(decision!, known).map((way) => sequence([way.node, settled(sequence(rest), way.known)]));
    return sequence([...node.parts.slice(0, at), choice(options)]);
  }

  return settled(root, new Map());
}
