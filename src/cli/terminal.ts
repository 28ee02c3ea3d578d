import { styleText } from "node:util";
import type { Terminal } from "./command.ts";

/** The terminal we were started from. Colour and progress only where a person watches; NO_COLOR is respected. */
export function processTerminal(): Terminal {
  const watched = process.stderr.isTTY === true;
  let shown = false;
  const clear = () => {
    if (shown) process.stderr.write("\r\x1b[K");
    shown = false;
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
      process.stderr.write(text.slice(0, (process.stderr.columns ?? 100) - 1));
      shown = true;
    },
  };
}
