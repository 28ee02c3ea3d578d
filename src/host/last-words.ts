import { printable } from "../model/printable.ts";

/** Of a crash of Node's own, where it happened; of ours, what one may do about it. Neither is a reason. */
const noise = /^(?:This is not your fault|\s+at |\s*\^|node:|Node\.js v|file:\/\/|\s*[}\]]|\s+\w+: )/;

/** Longer than a reason is. */
const most = 300;

/** Why a program ended, as it said itself at its end: its last line, or of an uncaught error the line that names it. */
export function lastWordsOf(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !noise.test(line));
  const error = lines.findLast((line) => /^(?:\w*Error|Uncaught)\b.*: /.test(line));
  return printable((error ?? lines.at(-1) ?? "").trim().slice(0, most));
}
