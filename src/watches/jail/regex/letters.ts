/* What of the Basic Multilingual Plane beyond ASCII Python's `\w`, `\d` and `\s` are, as ranges for a JavaScript class. */

export const letters = once(/[\p{L}\p{N}]/u);
export const otherDigits = once(/\p{Nd}/u);
export const otherSpaces = once(/[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u);

/** Worked out when somebody asks: most logs are ASCII. */
function once(pattern: RegExp): () => string {
  let ranges: string | undefined;
  return () => (ranges ??= rangesOf(pattern));
}

function rangesOf(pattern: RegExp): string {
  const written = (code: number) => `\\u${code.toString(16).padStart(4, "0")}`;
  let ranges = "";
  let begin = -1;
  for (let code = 0x80; code <= 0x10000; code++) {
    const isOne = code < 0x10000 && pattern.test(String.fromCharCode(code));
    if (isOne && begin < 0) begin = code;
    if (isOne || begin < 0) continue;
    ranges += begin === code - 1 ? written(begin) : `${written(begin)}-${written(code - 1)}`;
    begin = -1;
  }
  return ranges;
}
