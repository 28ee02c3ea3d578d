/*
 * The file of a zone (RFC 1035, 5): which lines belong to which record. What it says is left as it is, but for lines that
 * are put aside and lines of ours.
 */

/** A record, and the lines on which it stands. */
export interface ZoneRecord {
  readonly first: number;
  readonly last: number;
  /** With all its parts, and without a dot at the end. */
  readonly owner: string;
  readonly ttl: string;
  readonly type: string;
  readonly data: readonly string[];
}

const token = /"(?:[^"\\]|\\.)*"|[()]|;[^\n]*|(?:[^\s();"\\]|\\.)+/g;
const isClass = (word: string): boolean => /^(IN|CH|HS|CS)$/i.test(word);
const isTtl = (word: string): boolean => /^(\d+[smhdw]?)+$/i.test(word);

/** Records of a file; those behind `$INCLUDE` and `$GENERATE` are not among them. */
export function recordsIn(text: string, zone: string): ZoneRecord[] {
  const records: ZoneRecord[] = [];
  let origin = zone;
  let owner = zone;
  const lines = text.split("\n");
  for (let first = 0; first < lines.length; first++) {
    let last = first;
    let depth = 0;
    const words: string[] = [];
    do {
      for (const [word] of lines[last]!.matchAll(token)) {
        if (word.startsWith(";")) break;
        if (word === "(") depth++;
        else if (word === ")") depth--;
        else words.push(word);
      }
      if (depth <= 0) break;
      last++;
    } while (last < lines.length);
    const isIndented = /^\s/.test(lines[first]!);
    const begin = first;
    first = Math.min(last, lines.length - 1);
    if (words.length === 0) continue;
    if (words[0]!.startsWith("$")) {
      if (/^\$ORIGIN$/i.test(words[0]!) && words[1]) origin = absolute(words[1], origin);
      continue;
    }
    if (!isIndented) owner = absolute(words.shift()!, origin);
    let ttl = "";
    for (; words[0] !== undefined && (isClass(words[0]) || isTtl(words[0])); words.shift())
      if (isTtl(words[0])) ttl = words[0];
    const [type, ...data] = words;
    if (type !== undefined) records.push({ first: begin, last: first, owner, ttl, type: type.toUpperCase(), data });
  }
  return records;
}

function absolute(name: string, origin: string): string {
  const lower = name.toLowerCase();
  if (lower === "@") return origin;
  if (lower.endsWith(".")) return lower.slice(0, -1);
  return origin === "" ? lower : `${lower}.${origin}`;
}

/** Stands before a line that is put aside, and at the end of one of ours. */
const [aside, mark] = [";Upkeep: ", "; Upkeep"];

/** What stands in a zone's place of authority. */
export interface Authority {
  readonly serial: number;
  /** The whole record, with another serial. */
  readonly with: (serial: number) => string;
}

/** The SOA record in a text; `undefined` if there is none that can be read. */
export function authorityIn(text: string, zone: string): (Authority & { readonly record: ZoneRecord }) | undefined {
  const record = recordsIn(text, zone).find(({ type, owner }) => type === "SOA" && owner === zone);
  const serial = Number(record?.data[2]);
  if (!record || record.data.length < 7 || !Number.isInteger(serial)) return undefined;
  const [primary, contact, , ...times] = record.data as [string, string, string, ...string[]];
  const name = (written: string) => (written.endsWith(".") ? written : `${absolute(written, zone)}.`);
  return {
    serial,
    record,
    with: (wanted) => `${zone}. IN SOA ${name(primary)} ${name(contact)} ${wanted} ${times.join(" ")}\n`,
  };
}

/** A pool of the zone: which names are its, and where its records are. */
export interface PooledNames {
  readonly records: readonly string[];
  readonly file: string;
}

/**
 * The zone's file with our lines in it: its SOA and the addresses of these names are put aside, and files of ours are read
 * in their place. The rest is as its owner wrote it. `undefined` if it has no SOA.
 */
export function adoptZone(
  text: string,
  zone: string,
  { soa, pools }: { readonly soa: string; readonly pools: readonly PooledNames[] },
): string | undefined {
  const theirs = releaseZone(text);
  const authority = authorityIn(theirs, zone);
  if (!authority) return undefined;
  const names = new Set(
    pools.flatMap(({ records }) => records.map((record) => (record === "@" ? zone : `${record}.${zone}`))),
  );
  const gone = recordsIn(theirs, zone).filter(
    ({ type, owner }) => (type === "A" || type === "AAAA") && names.has(owner),
  );
  const putAside = new Set([authority.record, ...gone].flatMap(({ first, last }) => range(first, last)));
  const ours = [soa, ...pools.map(({ file }) => file)].map((file) => `$INCLUDE "${file}" ${mark}`);
  const records = recordsIn(theirs, zone);
  const lines = theirs.split("\n");
  return lines
    .flatMap((line, index) => {
      const before = index === authority.record.first ? ours : [];
      if (putAside.has(index)) return [...before, `${aside}${line}`];
      const at = records.findIndex(({ first }) => first === index);
      // A record without a name has that of the one before. Where that is put aside, the same record with the name is put
      // in front: twice is once.
      const leans = at > 0 && /^\s/.test(line) && putAside.has(records[at - 1]!.first);
      return [...before, ...(leans ? [named(records[at]!)] : []), line];
    })
    .join("\n");
}

const named = ({ owner, ttl, type, data }: ZoneRecord): string =>
  `${[`${owner}.`, ttl, "IN", type, ...data].filter(Boolean).join(" ")} ${mark}`;

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** The file as its owner wrote it. */
export const releaseZone = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !line.endsWith(mark))
    .map((line) => (line.startsWith(aside) ? line.slice(aside.length) : line))
    .join("\n");

/** Whose file that is, and where its SOA is now; `undefined` if no lines of ours are in it. */
export function isAdopted(text: string): { readonly zone: string; readonly soa: string } | undefined {
  const { soa, zone } = /^\$INCLUDE "(?<soa>\/\S*\/(?<zone>[^/\s]+)\/soa)" ; Upkeep$/m.exec(text)?.groups ?? {};
  return soa && zone ? { zone, soa } : undefined;
}
