/** What was loaded, and the encoding that was stated with it. */
interface Encoded {
  readonly body: Uint8Array;
  readonly charset?: string;
}

/** As the HTML standard has it: what came with it, else `<meta charset>` within the first 1,024 bytes, else UTF-8. */
export function decodeHtml({ body, charset }: Encoded): string {
  const start = Buffer.from(body.subarray(0, 1024)).toString("latin1");
  return decode(body, charset ?? /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(start)?.[1]);
}

/** As css-syntax-3, 3.2 has it: the byte order mark, what came with it, `@charset`, else UTF-8. */
export function decodeStyle({ body, charset }: Encoded): string {
  const stated = /^@charset "([^"]+)";/.exec(Buffer.from(body.subarray(0, 200)).toString("latin1"))?.[1];
  return decode(body, charset ?? stated);
}

/** Text in whatever encoding is meant; one that nobody knows is taken for UTF-8. A byte order mark wins. */
export function decode(body: Uint8Array, charset = "utf-8"): string {
  const marked =
    body[0] === 0xfe && body[1] === 0xff ? "utf-16be" : body[0] === 0xff && body[1] === 0xfe ? "utf-16le" : undefined;
  const isUtf8 = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  try {
    return new TextDecoder(isUtf8 ? "utf-8" : (marked ?? charset)).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}
