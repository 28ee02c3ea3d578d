import { type Options, selectOne } from "css-select";
import { attribute, type Document, type Element, isElement, type Node, type Parent, textOf } from "./tree.ts";

type AnyNode = Document | Node;

const childrenOf = (node: AnyNode): Node[] => ("childNodes" in node ? (node as Parent).childNodes : []);

/** How css-select walks a parse5 tree. */
const adapter: NonNullable<Options<AnyNode, Element>["adapter"]> = {
  isTag: (node): node is Element => isElement(node as Node),
  getAttributeValue: (node, name) => attribute(node, name),
  getChildren: childrenOf,
  getName: ({ tagName }) => tagName,
  getParent: ({ parentNode }) => parentNode as AnyNode | null,
  getSiblings: (node) => {
    const parent = "parentNode" in node ? node.parentNode : null;
    return parent ? parent.childNodes : [node];
  },
  getText: (node) => (isElement(node as Node) ? textOf(node as Element) : ""),
  hasAttrib: (node, name) => attribute(node, name) !== undefined,
  removeSubsets: (nodes) => nodes,
};

/**
 * Whether a selector may match anything of a document that no script will change. States and what a browser makes up
 * (`:hover`, `::before`) count as given; a selector that is not understood counts as used.
 */
export function mayMatch(document: Document, selector: string): boolean {
  const plain = selector.replace(/::?[a-z-]+(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?/gi, ":is(*)");
  try {
    return selectOne<AnyNode, Element>(plain, document, { adapter }) !== null;
  } catch {
    return true;
  }
}
