import { styleText } from "node:util";
import type { Terminal } from "./command.ts";

/** The terminal we were started from. Colour and progress only where a person watches; NO_COLOR is respected. */
export function processTerminal(): Terminal {
  // Whoever reads no further, `upkeep apply | head`, ends nothing of what is under way.
  const isUnread = ({ code }: NodeJS.ErrnoException) => code === "EPIPE";
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error) => {
      if (!isUnread(error)) throw error;
    });
  const watched = process.stderr.isTTY === true;
  let shown = 0;
  const clear = () => {
    if (shown > 0) process.stderr.write(`\r${"\x1b[K\x1b[A".repeat(shown - 1)}\x1b[K`);
    shown = 0;
  };
  return {
    width: process.stdout.columns ?? 100,
    watched,
    style: (format, text) => styleText(format, text, { stream: process.stdout }),
    print(text) {
      clear();
      process.stdout.write(`${text}\n`);
    },
    remark(text) {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress(text) {
      if (!watched) return;
      clear();
      if (text === undefined) return;
      const lines = text.split("\n").map((line) => line.slice(0, (process.stderr.columns ?? 100) - 1));
      process.stderr.write(lines.join("\n"));
      shown = lines.length;
    },
  };
}
