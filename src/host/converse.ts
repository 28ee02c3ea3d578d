import { connect } from "node:net";

/** What may be done in a conversation; the first of `good` and `bad` ends it. */
export interface Conversation {
  readonly write: (text: string) => void;
  readonly good: (says: string) => void;
  readonly bad: (why: string) => void;
}

/** One side of a conversation. */
export interface Words {
  readonly connected?: (conversation: Conversation) => void;
  /** All that has been heard so far, the beginning of it. */
  readonly heard?: (conversation: Conversation, text: string) => void;
  /** Who takes leave is let go in good order. Otherwise it ends at once, and neither side has to remember it. */
  readonly takesLeave?: true;
}

/** Of an answer no more is looked at. Characters. */
const most = 1_000;

/** All conversations hear with the same ear: what has been heard is text before the next one hears. */
const ear = Buffer.alloc(1 << 10);

/**
 * Speaks with an address over TCP for so many milliseconds at most. Rejects with what went wrong. Thousands of these are
 * had each second, so they have neither a buffer nor a signal of their own.
 */
export function converse(
  address: string,
  port: number,
  timeout: number,
  { connected, heard, takesLeave }: Words,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const end = (settle: () => void) => {
      clearTimeout(over);
      settle();
      // Five thousand a second would be three hundred thousand in TIME_WAIT. What does not stand yet cannot be reset.
      if (takesLeave || socket.connecting) socket.destroy();
      else socket.resetAndDestroy();
    };
    const conversation: Conversation = {
      write: (words) => void socket.write(words),
      good: (says) => end(() => resolve(says)),
      bad: (why) => end(() => reject(new Error(why))),
    };
    const onread = {
      buffer: ear,
      callback(length: number) {
        if (text.length < most) text += ear.toString("latin1", 0, Math.min(length, most - text.length));
        heard?.(conversation, text);
        return true;
      },
    };
    const over = setTimeout(() => conversation.bad("no answer"), timeout);
    const socket = connect({ host: address, port, onread });
    socket.once("error", (error) => end(() => reject(error)));
    socket.once("end", () => conversation.bad("closes without a word"));
    if (connected) socket.once("connect", () => connected(conversation));
  });
}
