import {
  CORE_SCHEMA,
  EVENT_ID,
  type Event,
  getScalarValue,
  loadAll,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from "js-yaml";
import type { Place, Problem } from "../model/problem.ts";

/** A text that states resources, and what to call it in messages. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** One YAML or JSON document and where it stands. Its places are worked out when someone asks for one. */
export interface Document {
  readonly value: unknown;
  readonly source: Source;
  /** The part of the source that was read with it, and which document of that part it is. */
  readonly start: number;
  readonly end: number;
  readonly index: number;
}

export type Path = readonly (string | number)[];

/** Reads all documents of a text (YAML 1.2, core schema). Of each that is no YAML, the first thing that is wrong. */
export function readDocuments(source: Source): { documents: Document[]; problems: Problem[] } {
  const whole = readPart(source, 0, source.text.length);
  if (Array.isArray(whole)) return { documents: whole, problems: [] };
  // One broken document must not hide what is wrong with the others.
  const starts = [
    0,
    ...[...source.text.matchAll(/^---(?=\s|$)/gm)].map(({ index }) => index).filter((index) => index > 0),
  ];
  const parts = starts.map((start, part) => readPart(source, start, starts[part + 1] ?? source.text.length));
  return {
    documents: parts.flatMap((part) => (Array.isArray(part) ? part : [])),
    problems: parts.flatMap((part) => (Array.isArray(part) ? [] : [part])),
  };
}

function readPart(source: Source, start: number, end: number): Document[] | Problem {
  try {
    // Aliases are for people who repeat themselves, not for a text that becomes a million times as long.
    const values = loadAll(source.text.slice(start, end), { schema: CORE_SCHEMA, maxAliases: 100 });
    return values.map((value, index) => ({ value, source, start, end, index }));
  } catch (error) {
    const { reason, mark } =
      error instanceof YAMLException ? error : { reason: (error as Error).message, mark: undefined };
    return { message: `this is not YAML: ${reason}`, place: placeAt(source, start + (mark?.position ?? 0)) };
  }
}

/** The nearest thing to a path that is there: a missing field is shown at what lacks it. */
export function placeOf({ source, start, end, index }: Document, path: Path, at: "key" | "value" = "value"): Place {
  let here = nodesOf(source.text.slice(start, end))[index];
  let found = here?.start ?? 0;
  for (const [depth, part] of path.entries()) {
    const pair = here?.pairs?.find(({ key }) => key.text === String(part));
    here = pair?.value ?? here?.items?.[Number(part)];
    if (!here) break;
    found = pair && ((at === "key" && depth === path.length - 1) || here.isEmpty) ? pair.key.start : here.start;
  }
  return placeAt(source, start + found);
}

interface Node {
  readonly start: number;
  /** Of a scalar. */
  readonly text?: string;
  readonly isEmpty?: boolean;
  readonly pairs?: readonly { readonly key: Node; readonly value: Node }[];
  readonly items?: readonly Node[];
}

/** The root of each document, with the places of everything below it. */
function nodesOf(text: string): Node[] {
  const events = parseEvents(text, {}).values();
  const next = (): Node | undefined => {
    const { value: event } = events.next();
    return !event || event.type === EVENT_ID.POP ? undefined : nodeOf(event);
  };
  const all = (): Node[] => {
    const nodes: Node[] = [];
    for (let node = next(); node; node = next()) nodes.push(node);
    return nodes;
  };
  const nodeOf = (event: Event): Node => {
    switch (event.type) {
      case EVENT_ID.SCALAR: {
        const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
        return {
          start: Math.max(0, event.valueStart - (isQuoted ? 1 : 0)),
          text: getScalarValue(text, event),
          isEmpty: !isQuoted && event.valueStart === event.valueEnd,
        };
      }
      case EVENT_ID.MAPPING: {
        const nodes = all();
        const pairs = nodes.flatMap((key, place) => (place % 2 === 0 ? [{ key, value: nodes[place + 1]! }] : []));
        return { start: event.start, pairs };
      }
      case EVENT_ID.SEQUENCE:
        return { start: event.start, items: all() };
      case EVENT_ID.ALIAS:
        return { start: event.anchorStart - 1 };
      case EVENT_ID.DOCUMENT:
        return all()[0] ?? { start: 0, isEmpty: true };
      default:
        return { start: 0, isEmpty: true };
    }
  };
  return all();
}

function placeAt({ file, text }: Source, offset: number): Place {
  const at = Math.min(offset, Math.max(0, text.trimEnd().length - 1));
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  return {
    file,
    line: text.slice(0, start).split("\n").length,
    column: at - start + 1,
    text: text.slice(start, end < 0 ? undefined : end).trimEnd(),
  };
}
