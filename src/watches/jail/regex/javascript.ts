import { letters, otherDigits, otherSpaces } from "./letters.ts";
import type { Member, Node, Place } from "./tree.ts";

/** What the texts are like that an expression is to be run on. */
export interface Texts {
  /** Whether there may be anything beyond ASCII: letters are those of all scripts then. */
  readonly wide: boolean;
  /** Whether there may be carriage returns, which end a line for JavaScript, or newlines before the end of a single line. */
  readonly breaks: boolean;
  /** Whether `^` and `$` are of each line, and not of the text. */
  readonly lines: boolean;
}

/** More repetitions than this, one within the other, are written out: V8's linear engine takes no more. */
const mostFolded = 15;
/** What is written out may become so long, in characters. */
const longest = 3_000;

/**
 * The same in JavaScript, for use with the flag `m`. Names of groups stay; groups without one do not capture. Everything
 * that V8's linear engine can do without is written without it.
 */
export function toJavaScript(root: Node, texts: Texts): string {
  let atoms = 0;
  const referred = referredIn(root);
  const names = new Map<number, string>();
  collectNames(root, names);

  function print(node: Node, times: number): string {
    switch (node.is) {
      case "text":
        return [...node.text].map((each) => (node.anyCase ? eitherCase(each) : literal(each))).join("");
      case "any":
        return node.all ? "[^]" : "[^\\n]";
      case "set":
        return setOf(node.members, node.negated, node.anyCase, texts.wide);
      case "place":
        return placeOf(node.at, texts);
      case "group":
        return `(${nameOf(node.name, node.number, referred)}${print(node.body, times)})`;
      case "look":
        return `(?${node.behind ? "<" : ""}${node.negative ? "!" : "="}${print(node.body, times)})`;
      case "atomic": {
        const name = `_a${++atoms}`;
        return `(?=(?<${name}>${print(node.body, times)}))\\k<${name}>`;
      }
      case "again":
        return `\\k<${names.get(node.group) ?? `_g${node.group}`}>`;
      case "all":
        return node.parts
          .map((part) => (part.is === "either" ? `(?:${print(part, times)})` : print(part, times)))
          .join("");
      case "either":
        return node.options.map((option) => print(option, times)).join("|");
      case "repeat":
        return repeat(node, times);
      case "if":
        throw new Error("conditions are to be written out before");
    }
  }

  function repeat({ body, least, most, lazy }: Node & { is: "repeat" }, times: number): string {
    const mark = lazy ? "?" : "";
    if (least === 0 && most === 1) {
      const once = print(body, times);
      // JavaScript goes on to look for more than nothing, where Python is content.
      if (mayBeEmpty(body)) return lazy ? `(?:|${once})` : `(?:${once}|)`;
      return `${grouped(body, once)}?${mark}`;
    }
    const finite = most === Number.POSITIVE_INFINITY ? least : most;
    if (finite > 1 && finite * times > mostFolded) {
      const once = grouped(body, print(body, times));
      if (once.length * finite < longest && !once.includes("(?<")) return writtenOut(once, least, most, mark);
    }
    const inner = grouped(body, print(body, times * Math.max(1, finite)));
    if (most === Number.POSITIVE_INFINITY)
      return `${inner}${least === 0 ? "*" : least === 1 ? "+" : `{${least},}`}${mark}`;
    return `${inner}{${least === most ? least : `${least},${most}`}}${mark}`;
  }

  return print(root, 1);
}

function mayBeEmpty(node: Node): boolean {
  switch (node.is) {
    case "text":
      return node.text === "";
    case "any":
    case "set":
      return false;
    case "group":
    case "atomic":
      return mayBeEmpty(node.body);
    case "repeat":
      return node.least === 0 || mayBeEmpty(node.body);
    case "all":
      return node.parts.every(mayBeEmpty);
    case "either":
      return node.options.some(mayBeEmpty);
    default:
      return true;
  }
}

function writtenOut(once: string, least: number, most: number, mark: string): string {
  const must = once.repeat(least);
  if (most === Number.POSITIVE_INFINITY) return `${must}${once}*${mark}`;
  let may = "";
  for (let more = least; more < most; more++) may = `(?:${once}${may})?${mark}`;
  return `(?:${must}${may})`;
}

/** In parentheses where what follows would otherwise be about the last part alone. */
const grouped = (node: Node, text: string): string =>
  node.is === "group" || node.is === "set" || node.is === "any" || (node.is === "text" && node.text.length === 1)
    ? text
    : `(?:${text})`;

function referredIn(root: Node, found = new Set<number>()): Set<number> {
  visit(root, (node) => node.is === "again" && found.add(node.group));
  return found;
}

const collectNames = (root: Node, names: Map<number, string>): void =>
  visit(root, (node) => node.is === "group" && node.name !== undefined && names.set(node.number, node.name));

function visit(node: Node, see: (node: Node) => unknown): void {
  see(node);
  if ("body" in node) visit(node.body, see);
  if (node.is === "all") for (const part of node.parts) visit(part, see);
  if (node.is === "either") for (const option of node.options) visit(option, see);
}

const nameOf = (name: string | undefined, number: number, referred: ReadonlySet<number>): string =>
  name === undefined ? (referred.has(number) ? `?<_g${number}>` : "?:") : `?<${name}>`;

function placeOf(place: Place, { wide, breaks, lines }: Texts): string {
  const word = wide ? letter() : "";
  switch (place) {
    case "startOfLine":
      return !lines ? "(?-m:^)" : breaks ? "(?<![^\\n])" : "^";
    // Also before the newline at the end, as in Python.
    case "endOfLine":
      return !breaks ? "$" : lines ? "(?![^\\n])" : "(?=\\n?(?-m:$))";
    case "start":
      return "(?-m:^)";
    case "end":
      return "(?-m:$)";
    case "wordEdge":
      return wide ? `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))` : "\\b";
    case "insideWord":
      return wide ? `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))` : "\\B";
  }
}

const literal = (character: string): string =>
  character === "\n"
    ? "\\n"
    : character === "\r"
      ? "\\r"
      : /[\^$\\.*+?()[\]{}|/]/.test(character)
        ? `\\${character}`
        : character;

function eitherCase(character: string): string {
  const both = new Set(
    [character, character.toLowerCase(), character.toUpperCase()].filter((each) => each.length === 1),
  );
  return both.size === 1 ? literal(character) : `[${[...both].join("")}]`;
}

/** White space as Python has it. */
const spaces = "\\t-\\r\\x1c-\\x20";
const letter = () => `[\\w${letters()}]`;

const classes: Readonly<Record<string, readonly [narrow: string, more: () => string]>> = {
  d: ["\\d", otherDigits],
  w: ["\\w", letters],
  s: [spaces, otherSpaces],
};

function setOf(members: readonly Member[], negated: boolean, anyCase: boolean, wide: boolean): string {
  const inner: string[] = [];
  /** What is anything but a class stands beside the rest. */
  const complements: string[] = [];
  for (const member of members) {
    if (typeof member === "string") {
      const [narrow, more] = classes[member.toLowerCase()]!;
      (member === member.toLowerCase() ? inner : complements).push(wide ? narrow + more() : narrow);
    } else inner.push(range(member), ...(anyCase ? otherCase(member).map(range) : []));
  }
  const plain = inner.join("");
  if (complements.length === 0) return `[${negated ? "^" : ""}${plain}]`;
  if (members.length === 1) return `[${negated ? "" : "^"}${complements[0]}]`;
  const any = [...(plain ? [`[${plain}]`] : []), ...complements.map((each) => `[^${each}]`)].join("|");
  return negated ? `(?:(?!${any})[^])` : `(?:${any})`;
}

const range = ([from, to]: readonly [number, number]): string =>
  from === to ? point(from) : `${point(from)}-${point(to)}`;

const point = (code: number): string =>
  code > 0x20 && code < 0x7f && !/[\\\]^[-]/.test(String.fromCharCode(code))
    ? String.fromCharCode(code)
    : code <= 0xff
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${Math.min(code, 0xffff).toString(16).padStart(4, "0")}`;

/** The letters of ASCII in a range, in the other case. */
function otherCase([from, to]: readonly [number, number]): [number, number][] {
  const shifted = (first: number, last: number, by: number): [number, number][] => {
    const [low, high] = [Math.max(from, first), Math.min(to, last)];
    return low <= high ? [[low + by, high + by]] : [];
  };
  return [...shifted(97, 122, -32), ...shifted(65, 90, 32)];
}
