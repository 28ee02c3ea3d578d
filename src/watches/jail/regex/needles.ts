import type { Node } from "./tree.ts";

/**
 * Texts of which one at least is in whatever an expression matches; `undefined` where there are none worth looking for.
 * Looking for a text is a hundred times cheaper than an expression, and most lines of a log have none of them.
 */
export function needlesOf(node: Node): readonly string[] | undefined {
  switch (node.is) {
    case "text":
      // What is not a letter is the same in either case.
      return usable(longest(node.text.split(node.anyCase ? /\p{L}+|(?<=\W)(?=\W)/u : dateMayHaveBeen)));
    case "group":
    case "atomic":
      return needlesOf(node.body);
    case "repeat":
      return node.least > 0 ? needlesOf(node.body) : undefined;
    case "either":
      return anyOf(node.options.map(needlesOf));
    case "all":
      return node.parts.map(needlesOf).reduce(better, undefined);
    default:
      return undefined;
  }
}

/** Where each of several must have some: all of them together. */
export function anyOf(all: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const found = new Set<string>();
  for (const needles of all) {
    if (!needles) return undefined;
    for (const needle of needles) found.add(needle);
  }
  // One that is part of another finds whatever the other would.
  const least = [...found].filter((each) => ![...found].some((other) => other !== each && each.includes(other)));
  return least.length > 0 && least.length <= mostNeedles ? least : undefined;
}

const mostNeedles = 40;

const usable = (text: string): readonly string[] | undefined => (text.length > 1 ? [text] : undefined);

/** The line had its date cut out before the expression saw it: dates stand apart from words, see `template.ts`. */
const dateMayHaveBeen = /(?<=\W)(?=\W)/;

const longest = (parts: readonly string[]): string =>
  parts.reduce((one, other) => (letters(other) > letters(one) ? other : one), "");

const letters = (text: string): number => text.match(/\w/g)?.length ?? 0;

type Needles = readonly string[] | undefined;

/** Fewer and longer ones; a blank or a digit is in many lines. */
function better(one: Needles, other: Needles): Needles {
  if (!one || !other) return one ?? other;
  return worth(other) > worth(one) ? other : one;
}

const worth = (needles: readonly string[]): number =>
  Math.min(...needles.map((each) => Math.min(12, each.length - (each.match(/[\s\d]/g)?.length ?? 0) / 2))) -
  0.5 * needles.length;
