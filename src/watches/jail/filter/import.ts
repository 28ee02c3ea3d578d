import { hostName, parseNetwork } from "../../../model/address.ts";
import { type Config, type Reader, readConfig } from "./config.ts";
import { parseFilterName, readFilter } from "./definition.ts";

/** A jail of fail2ban as a resource of Upkeep's. */
export interface Imported {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly spec: Readonly<Record<string, unknown>>;
  /** What it has and we do not, in words. */
  readonly remarks: readonly string[];
}

export interface ImportOptions {
  readonly read: Reader;
  /** Names in a directory; none if there is no such directory. */
  readonly list: (directory: string) => readonly string[];
  /** The number of a port's name, as services(5) has it. */
  readonly port: (name: string) => number | undefined;
}

/** What programs say, and not the kernel, as journalctl(1) takes it: fail2ban reads all of it where nothing is named. */
const allPrograms = ["_TRANSPORT=syslog", "+", "_TRANSPORT=stdout", "+", "_TRANSPORT=journal"];

/** No jail lasts longer than this, in days. */
const forever = 3_650;

/** Reads `jail.conf`, `jail.d` and what goes before them, as jail.conf(5) says. */
export function readJails(directory: string, { read, list, port }: ImportOptions): Imported[] {
  const inParts = (suffix: string) =>
    list(`${directory}/jail.d`)
      .filter((name) => name.endsWith(suffix))
      .toSorted()
      .map((name) => `${directory}/jail.d/${name}`);
  const files = [`${directory}/jail.conf`, ...inParts(".conf"), `${directory}/jail.local`, ...inParts(".local")];
  const config = readConfig(files, read);
  if (config.files.length === 0) throw new Error(`there is no jail.conf in ${directory}`);
  /** What of the journal a filter is about, by its own words. */
  const journalOf = (filter: string): readonly string[] => {
    const { name, options } = parseFilterName(filter);
    try {
      return readFilter(`${directory}/filter.d/${name}`, options, read).journalmatch.flatMap((line) =>
        line.split(/\s+/),
      );
    } catch {
      // Whoever states the jail is told what is wrong with its filter.
      return [];
    }
  };
  return config.sections.filter((name) => name !== "Init").map((name) => importOne(name, config, port, journalOf));
}

function importOne(
  name: string,
  config: Config,
  port: ImportOptions["port"],
  journalOf: (filter: string) => readonly string[],
): Imported {
  const remarks: string[] = [];
  const value = (option: string): string | undefined => {
    try {
      return config.value(name, option)?.trim() || undefined;
    } catch (error) {
      remarks.push(`${option}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const words = (option: string) => (value(option) ?? "").split(/[\s,]+/).filter((word) => word !== "");
  const duration = (option: string) => durationOf(value(option), (why) => remarks.push(`${option}: ${why}`));
  const grows = isTrue(value("bantime.increment"));
  const allow = words("ignoreip").filter((each) => {
    const isKnown = parseNetwork(each) !== undefined || hostName.test(each);
    if (!isKnown) remarks.push(`ignoreip: ${each} is neither an address nor a name`);
    return isKnown;
  });
  for (const option of ["ignorecommand", "bantime.formula", "bantime.multipliers"])
    if (value(option)) remarks.push(`${option} has no counterpart`);
  const banTime = duration("bantime");
  const longest = grows ? duration("bantime.maxtime") : banTime;
  const maxRetry = Number(value("maxretry"));
  const ports = portsOf(words("port"), port);
  const isJournal = (value("backend") ?? "").startsWith("systemd");
  const own = words("journalmatch");
  const named = own.length > 0 ? own : isJournal ? journalOf(value("filter") ?? name) : [];
  const journal = named.length > 0 ? named : allPrograms;
  const spec = {
    filter: filterOf(value("filter") ?? name),
    ...(isJournal ? { journal } : { logs: logsOf(value("logpath")) }),
    ...(Number.isInteger(maxRetry) && maxRetry > 0 && { maxRetry }),
    ...opt("findTime", duration("findtime")),
    ...opt("banTime", banTime),
    growth: grows ? Number(value("bantime.factor") ?? 2) || 2 : 1,
    ...opt("longest", longest),
    ...(ports && { ports }),
    ...(allow.length > 0 && { allow }),
  };
  if (isJournal && named.length === 0)
    remarks.push(
      "journal: it reads what all programs say, as neither the jail nor its filter names any (journalmatch)",
    );
  return { name: name.toLowerCase(), isEnabled: isTrue(value("enabled")), spec, remarks };
}

const opt = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });

const isTrue = (text: string | undefined): boolean => /^(1|on|true|yes)$/i.test(text ?? "");

/** `sshd[mode=normal]` is `sshd`. */
function filterOf(text: string): string {
  const { name, options } = parseFilterName(text);
  const given = Object.entries(options).filter(
    ([key, value]) => !(key === "mode" && value === "normal") && value !== "",
  );
  return given.length === 0 ? name : `${name}[${given.map(([key, value]) => `${key}="${value}"`).join(", ")}]`;
}

/** Names of files, each maybe followed by `tail`. */
const logsOf = (text = ""): string[] =>
  [...new Set(text.split("\n").map((line) => line.trim().split(/\s+/)[0]!))].filter((path) => path !== "");

const units: Readonly<Record<string, string>> = {
  ...{
    "": "s",
    s: "s",
    sec: "s",
    ss: "s",
    m: "m",
    min: "m",
    mm: "m",
    h: "h",
    hour: "h",
    hh: "h",
    d: "d",
    day: "d",
    dd: "d",
  },
  ...{ w: "w", week: "w", ww: "w" },
};

/** `600`, `10m`, `1d 12h`, `1week`; `-1` is for ever. */
function durationOf(text: string | undefined, remark: (why: string) => void): string | undefined {
  if (text === undefined) return undefined;
  if (/^-\d+$/.test(text)) {
    remark(`for ever is ${forever} days here`);
    return `${forever}d`;
  }
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*?)s?(?=\s|\d|$)/gi)].map(([, number = "", unit = ""]) => {
    const days = { mo: 30, month: 30, y: 365, year: 365 }[unit.toLowerCase()];
    return days === undefined ? `${number}${units[unit.toLowerCase()]}` : `${Number(number) * days}d`;
  });
  if (parts.length > 0 && parts.every((part) => /^\d+[smhdw]$/.test(part))) return parts.join("");
  remark(`"${text}" is not understood`);
  return undefined;
}

/** `undefined`: all of them. */
function portsOf(words: readonly string[], port: ImportOptions["port"]): readonly number[] | undefined {
  const ports = words.flatMap((word) => {
    const [, from, to] = /^(\d+)[:-](\d+)$/.exec(word) ?? [];
    if (from !== undefined)
      return Array.from({ length: Math.max(0, Number(to) - Number(from) + 1) }, (_, index) => Number(from) + index);
    return /^\d+$/.test(word) ? [Number(word)] : [port(word) ?? Number.NaN];
  });
  return ports.length === 0 || ports.length > 50 || ports.some(Number.isNaN) ? undefined : [...new Set(ports)];
}
