import type { Embedder } from "./embedder.ts";
import { nameOf, type Where } from "./fetcher.ts";
import { attribute, type Document, type Element, removeAttribute, setAttribute } from "./tree.ts";

export interface HtmlOptions {
  readonly scripts: boolean;
}

/** A document whose every reference has been read, to be filled in. */
export interface Work {
  readonly document: Document;
  readonly base: URL;
  readonly file: URL;
  readonly embedder: Embedder;
  readonly options: HtmlOptions;
  /** What is done once all data is there. */
  readonly finish: ((filled: Awaited<ReturnType<Embedder["fill"]>>) => void)[];
  /** Rules of a style sheet that take the place of attributes. */
  readonly rules: string[];
  /** Scripts that run when the document has been read, in order. */
  readonly deferred: Element[];
}

/** An address in an attribute becomes data. */
export function embedAddress(node: Element, name: string, work: Work): void {
  const reference = attribute(node, name);
  if (reference === undefined) return;
  const slot = work.embedder.slot(reference, work.base, "address", whereOf(node, name, work));
  if (slot) work.finish.push((filled) => fillAttribute(node, name, filled.value(slot)));
}

/** What could not be read is not asked for either. */
export function fillAttribute(node: Element, name: string, value: string | undefined): void {
  if (value === undefined) removeAttribute(node, name);
  else setAttribute(node, name, value);
}

export function whereOf(node: Element, name: string, { file }: Work): Where {
  const location = node.sourceCodeLocation;
  const at = location?.attrs?.[name] ?? location;
  return { file: nameOf(file), line: at?.startLine ?? 1, column: at?.startCol ?? 1 };
}

export function insideOf(node: Element, { file }: Work): Where {
  const location = node.sourceCodeLocation?.startTag;
  return { file: nameOf(file), line: location?.endLine ?? 1, column: location?.endCol ?? 1 };
}
