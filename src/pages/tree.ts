import { type DefaultTreeAdapterTypes, defaultTreeAdapter, html } from "parse5";

/* Small things to do to a parse5 tree. */

export type Document = DefaultTreeAdapterTypes.Document;
export type Element = DefaultTreeAdapterTypes.Element;
export type Node = DefaultTreeAdapterTypes.ChildNode;
export type Parent = DefaultTreeAdapterTypes.ParentNode;

export const isElement = (node: Node): node is Element => defaultTreeAdapter.isElementNode(node);

export const attribute = ({ attrs }: Element, name: string): string | undefined =>
  attrs.find((each) => nameOfAttribute(each) === name)?.value;

/** `xlink:href` of SVG has its prefix apart. */
const nameOfAttribute = ({ prefix, name }: Element["attrs"][number]): string => (prefix ? `${prefix}:${name}` : name);

export function setAttribute(element: Element, name: string, value: string): void {
  const found = element.attrs.find((each) => nameOfAttribute(each) === name);
  if (found) found.value = value;
  else element.attrs.push({ name, value });
}

export function removeAttribute(element: Element, ...names: readonly string[]): void {
  element.attrs = element.attrs.filter((each) => !names.includes(nameOfAttribute(each)));
}

export const element = (tag: string, attributes: Readonly<Record<string, string>>, text?: string): Element => {
  const made = defaultTreeAdapter.createElement(
    tag,
    html.NS.HTML,
    Object.entries(attributes).map(([name, value]) => ({ name, value })),
  );
  if (text !== undefined) setText(made, text);
  return made;
};

export function setText(parent: Element, text: string): void {
  parent.childNodes = [];
  defaultTreeAdapter.insertText(parent, text);
}

export const textOf = (parent: Element): string =>
  parent.childNodes.map((node) => (defaultTreeAdapter.isTextNode(node) ? node.value : "")).join("");

export const remove = (node: Node): void => defaultTreeAdapter.detachNode(node);

export function replaceWith(node: Node, ...others: readonly Node[]): void {
  const parent = node.parentNode;
  if (!parent) return;
  for (const other of others) defaultTreeAdapter.insertBefore(parent, other, node);
  remove(node);
}

export const prepend = (parent: Parent, node: Node): void => {
  const [first] = parent.childNodes;
  if (first) defaultTreeAdapter.insertBefore(parent, node, first);
  else defaultTreeAdapter.appendChild(parent, node);
};

/** All elements below, in document order, those in templates included. */
export function elementsIn(parent: Parent): Element[] {
  return parent.childNodes
    .filter(isElement)
    .flatMap((child) => [
      child,
      ...elementsIn(child),
      ...("content" in child ? elementsIn((child as DefaultTreeAdapterTypes.Template).content) : []),
    ]);
}

export const firstOf = (parent: Parent, tag: string): Element | undefined =>
  elementsIn(parent).find(({ tagName }) => tagName === tag);

/** Only scripts can tell whether they are there. */
export function removeComments(parent: Parent): void {
  parent.childNodes = parent.childNodes.filter((node) => !defaultTreeAdapter.isCommentNode(node));
  for (const child of parent.childNodes.filter(isElement)) removeComments(child);
}
