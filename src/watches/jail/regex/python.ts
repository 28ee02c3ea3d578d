import { choice, empty, type Member, type Node, type Place, sequence } from "./tree.ts";

/** An expression taken apart, and the names of its groups. */
export interface Parsed {
  readonly root: Node;
  /** Numbers of groups by name. */
  readonly groups: ReadonlyMap<string, number>;
}

/** Something is wrong with an expression, and where. */
export class ExpressionError extends Error {
  /** Characters from its beginning. */
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

interface Flags {
  /** i: letters of either case. */
  readonly anyCase: boolean;
  /** s: a dot is the newline, too. */
  readonly dotAll: boolean;
  /** x: white space and comments mean nothing. */
  readonly verbose: boolean;
}

const places: Readonly<Record<string, Place>> = { A: "start", Z: "end", b: "wordEdge", B: "insideWord" };
const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7 };
const noEnd = Number.POSITIVE_INFINITY;

/** Reads an expression in Python's syntax. Throws an {@link ExpressionError}. */
export function parseExpression(source: string): Parsed {
  let at = 0;
  let count = 0;
  const groups = new Map<string, number>();
  const open = new Set<number>();

  const fail = (message: string, where = at): never => {
    throw new ExpressionError(message, where);
  };
  const looksAt = (text: string) => source.startsWith(text, at);
  const take = (text: string) => {
    if (!looksAt(text)) return false;
    at += text.length;
    return true;
  };
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(source) ?? undefined;
    if (found) at += found[0].length;
    return found;
  };

  function alternatives(flags: Flags): Node {
    const options: Node[] = [];
    let current = flags;
    do {
      const [option, after] = parts(current);
      options.push(option);
      current = after;
    } while (take("|"));
    return choice(options);
  }

  /** Flags that stand in the middle hold to the end of the group. */
  function parts(given: Flags): [Node, Flags] {
    let flags = given;
    const found: Node[] = [];
    while (at < source.length && !looksAt("|") && !looksAt(")")) {
      if (flags.verbose && match(/(?:\s|#[^\n]*)+/y)) continue;
      const changed = match(/\(\?([aiLmsux]+)\)/y);
      if (changed) {
        flags = withFlags(flags, changed[1]!, "");
        continue;
      }
      if (match(/\(\?#[^)]*\)/y)) continue;
      found.push(repeated(single(flags), flags));
    }
    return [sequence(found), flags];
  }

  function withFlags(flags: Flags, on: string, off: string): Flags {
    const has = (flag: string, now: boolean) => (on.includes(flag) ? true : off.includes(flag) ? false : now);
    return { anyCase: has("i", flags.anyCase), dotAll: has("s", flags.dotAll), verbose: has("x", flags.verbose) };
  }

  function repeated(body: Node, flags: Flags): Node {
    let node = body;
    for (;;) {
      if (flags.verbose) match(/(?:\s|#[^\n]*)+/y);
      const began = at;
      const found = match(/[*+?]|\{(\d*)(,?)(\d*)\}/y);
      if (!found || found[0] === "{}" || found[0] === "{,}") {
        at = began;
        return node;
      }
      const [sign, from = "", comma, to = ""] = found;
      const [least, most] =
        sign === "*" ? [0, noEnd] : sign === "+" ? [1, noEnd] : sign === "?" ? [0, 1] : bounds(from, comma, to);
      if (least > most) fail("the least number is larger than the most", began);
      const lazy = take("?");
      node = { is: "repeat", body: node, least, most, lazy };
      if (!lazy && take("+")) node = { is: "atomic", body: node };
      // What is repeated is not repeated again without parentheses.
      if (match(/[*+?]/y)) fail("repeated twice", at - 1);
    }
  }

  const bounds = (from: string, comma: string | undefined, to: string): [number, number] => {
    const least = from === "" ? 0 : Number(from);
    return [least, comma ? (to === "" ? noEnd : Number(to)) : least];
  };

  function single(flags: Flags): Node {
    if (take("(")) return group(flags);
    if (take("[")) return set(flags);
    if (take(".")) return { is: "any", all: flags.dotAll };
    if (take("^")) return { is: "place", at: "startOfLine" };
    if (take("$")) return { is: "place", at: "endOfLine" };
    if (take("\\")) return escaped(flags);
    const [text = ""] = match(/[\s\S]/y) ?? [];
    if (/[*+?]/.test(text)) fail("nothing that could be repeated", at - 1);
    return { is: "text", text, anyCase: flags.anyCase };
  }

  function group(flags: Flags): Node {
    const began = at - 1;
    const close = <T>(value: T): T => (take(")") ? value : fail("a parenthesis is not closed", began));
    if (!take("?")) return captured(undefined, flags, close);
    if (take(":")) return close(alternatives(flags));
    if (take(">")) return close({ is: "atomic", body: alternatives(flags) });
    for (const [sign, behind, negative] of [
      ["=", false, false],
      ["!", false, true],
      ["<=", true, false],
      ["<!", true, true],
    ] as const)
      if (take(sign)) return close({ is: "look", behind, negative, body: alternatives(flags) });
    const named = match(/P?<([A-Za-z_]\w*)>/y);
    if (named) return captured(named[1], flags, close);
    const again = match(/P=(\w+)/y);
    if (again) return close({ is: "again", group: numberOf(again[1]!), anyCase: flags.anyCase });
    const asked = match(/\((\w+)\)/y);
    if (asked) return conditional(numberOf(asked[1]!), flags, close);
    const scoped = match(/([aiLmsux]*)(?:-([imsx]+))?:/y);
    if (scoped) return close(alternatives(withFlags(flags, scoped[1]!, scoped[2] ?? "")));
    return fail(`"(${source.slice(at - 1, at + 2)}" means nothing here`, began);
  }

  function captured(name: string | undefined, flags: Flags, close: <T>(value: T) => T): Node {
    const number = ++count;
    if (name !== undefined) {
      if (groups.has(name)) fail(`two groups are called "${name}"`);
      groups.set(name, number);
    }
    open.add(number);
    const body = alternatives(flags);
    open.delete(number);
    return close({ is: "group", name, number, body });
  }

  function conditional(group: number, flags: Flags, close: <T>(value: T) => T): Node {
    const [yes, after] = parts(flags);
    const no = take("|") ? parts(after)[0] : empty;
    return close({ is: "if", group, yes, no });
  }

  function numberOf(reference: string): number {
    const number = /^\d+$/.test(reference) ? Number(reference) : groups.get(reference);
    if (number === undefined || number > count) return fail(`there is no group "${reference}" before this`);
    return number;
  }

  function escaped(flags: Flags): Node {
    const { anyCase } = flags;
    const [letter = ""] = match(/[AZbB]/y) ?? [];
    const place = places[letter];
    if (place) return { is: "place", at: place };
    const kind = match(/[dDwWsS]/y);
    if (kind) return { is: "set", negated: false, members: [kind[0] as Member], anyCase: false };
    const reference = /^[0-3][0-7]{2}/.test(source.slice(at)) ? undefined : match(/[1-9]\d?/y);
    if (reference) {
      const group = numberOf(reference[0]);
      if (open.has(group)) fail("a group cannot refer to itself");
      return { is: "again", group, anyCase };
    }
    return { is: "text", text: String.fromCodePoint(character()), anyCase };
  }

  /** What a backslash and what follows it stand for. */
  function character(): number {
    const coded = match(/x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})/y);
    if (coded) return Number.parseInt(coded[1] ?? coded[2] ?? coded[3]!, 16);
    const octal = match(/[0-3][0-7]{2}|0[0-7]?/y);
    if (octal) return Number.parseInt(octal[0], 8);
    const [letter] = match(/[\s\S]/y) ?? fail("it ends with a backslash");
    const control = controls[letter];
    if (control !== undefined) return control;
    if (/[A-Za-z0-9]/.test(letter)) fail(`"\\${letter}" means nothing`, at - 2);
    return letter.codePointAt(0)!;
  }

  function set({ anyCase }: Flags): Node {
    const began = at - 1;
    const negated = take("^");
    const members: Member[] = [];
    for (let isFirst = true; isFirst || !looksAt("]"); isFirst = false) {
      if (at >= source.length) fail("a bracket is not closed", began);
      const from = member();
      if (typeof from === "string" || !looksAt("-") || looksAt("-]")) {
        members.push(typeof from === "string" ? from : [from, from]);
        continue;
      }
      at++;
      const to = member();
      if (typeof to === "string") members.push([from, from], [45, 45], to);
      else if (to < from) fail("the range ends before it begins");
      else members.push([from, to]);
    }
    at++;
    return { is: "set", negated, members, anyCase };
  }

  function member(): number | Exclude<Member, readonly unknown[]> {
    if (!take("\\")) {
      const point = source.codePointAt(at)!;
      at += point > 0xffff ? 2 : 1;
      return point;
    }
    const kind = match(/[dDwWsS]/y);
    if (kind) return kind[0] as "d";
    return take("b") ? 8 : character();
  }

  const root = alternatives({ anyCase: false, dotAll: false, verbose: false });
  if (at < source.length) fail("a parenthesis closes nothing");
  return { root, groups };
}
