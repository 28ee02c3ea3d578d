import { once } from "node:events";
import { createWriteStream, existsSync, renameSync, rmSync } from "node:fs";
import { resolve } from "node:path";

/** Where something long is written. */
export interface Output {
  write(part: string | Buffer): Promise<void>;
  /** All of it is there, or none. */
  finish(): Promise<void>;
  discard(): void;
}

/** A file, which is there once it is whole; `-` is the standard output. Readable by its owner alone. */
export function openOutput(path: string): Output {
  const isStandard = path === "-";
  const file = resolve(path);
  const part = `${file}.part`;
  const stream = isStandard ? process.stdout : createWriteStream(part, { mode: 0o600, highWaterMark: 1 << 20 });
  let problem: Error | undefined;
  let wake = () => {};
  const onError = (error: Error) => {
    problem ??= error;
    wake();
  };
  const onDrain = () => wake();
  stream.on("error", onError).on("drain", onDrain);
  return {
    async write(text) {
      if (problem) throw problem;
      if (stream.write(text)) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (problem) throw problem;
    },
    async finish() {
      if (!isStandard) {
        stream.end();
        await once(stream, "close");
      }
      stream.off("error", onError).off("drain", onDrain);
      if (problem) throw problem;
      if (!isStandard) renameSync(part, file);
    },
    discard() {
      if (isStandard) return;
      stream.destroy();
      rmSync(part, { force: true });
    },
  };
}

export const isThere = (path: string): boolean => existsSync(resolve(path));

export const removeFile = (path: string): void => rmSync(resolve(path), { force: true });
