import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";

/*
 * Questions and answers as they travel. A plan of ten thousand sites is fifty megabytes of JSON that repeats itself, and
 * a message has room for eight.
 */

const [pressed, released] = [promisify(gzip), promisify(gunzip)];

/** What is smaller travels as it is. Bytes. */
const worthwhile = 64 << 10;

/** No more than this comes of what was sent. Bytes. */
const most = 512 << 20;

export async function pack(value: unknown): Promise<Uint8Array> {
  const text = Buffer.from(JSON.stringify(value));
  return text.length < worthwhile ? text : pressed(text, { level: 1 });
}

/** Rejects what is no JSON, or unpacks to more than anyone would send. */
export async function unpack<T>(data: Uint8Array): Promise<T> {
  // See RFC 1952, 2.3.1; JSON begins otherwise.
  const isPressed = data[0] === 0x1f && data[1] === 0x8b;
  const text = isPressed ? await released(data, { maxOutputLength: most }) : Buffer.from(data);
  return JSON.parse(text.toString("utf8")) as T;
}
