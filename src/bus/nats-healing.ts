import { JetStreamApiError } from "@nats-io/jetstream";
import { rhythm } from "../host/pace.ts";

/** A stream as the servers describe it. */
export interface FoundStream {
  readonly created: string;
  /** The server that leads it; a server alone, or an election, has none. */
  readonly leader: string | undefined;
  /** The number of the last message that it has taken. */
  readonly last: number;
}

/** What the servers can be asked about a stream. */
export interface Servers {
  /** Rejects when they do not answer: then nothing is wrong with one stream alone. */
  answer(): Promise<void>;
  /** Never rejects: `undefined` if the stream is not there, or nobody says anything about it. */
  find(stream: string): Promise<FoundStream | undefined>;
  /** Has another of the servers that keep it lead it. */
  changeLeader(stream: string): Promise<void>;
  /** Takes it away. Whoever needs it makes it again. */
  remove(stream: string): Promise<void>;
}

/** Told of what is put into streams, and what comes of that. */
export interface Healer {
  took(stream: string): void;
  refused(stream: string, error: unknown): Promise<void>;
}

/** Milliseconds for which a stream takes nothing before something is done about it, and then again. */
export const silence: number = rhythm(20_000);

/** A failure says nothing about now after so long without another attempt. Milliseconds. */
const lapse = 3 * silence;

interface Illness {
  readonly since: number;
  /** The stream as it was then. */
  readonly found: Promise<FoundStream | undefined>;
  readonly isLedByAnother: boolean;
  isTreated: boolean;
  triedAt: number;
}

/**
 * A stream may take nothing any longer while the servers are well: nats-server 2.9 has been seen to write a leader's log
 * under wrong numbers after most servers had been started anew ("RAFT Wrong index"), and to stay so. First another server
 * leads it; if that is not enough it is made anew. All that we keep on the bus is somewhere else, too: what hosts should be
 * is in the database, and hosts tell everything again: those that were not heard by themselves, the others when asked.
 *
 * Every control plane counts for itself. A step that another one has taken is not taken again, as a second change of leader
 * may give the stream back to the ill server; and a stream that takes messages of others is not ill.
 */
export function streamHealer(
  servers: Servers,
  { log, removed, now }: { log: (text: string) => void; removed: (stream: string) => void; now: () => number },
): Healer {
  const ill = new Map<string, Illness>();
  const begin = (found: Illness["found"], isLedByAnother: boolean): Illness => {
    const at = now();
    return { since: at, found, isLedByAnother, isTreated: false, triedAt: at };
  };

  /** Returns what is left of the illness: nothing if the stream is another one now, or took something from others. */
  async function treat(stream: string, { since, found, isLedByAnother }: Illness): Promise<Illness | undefined> {
    const seconds = Math.round((now() - since) / 1000);
    await servers.answer();
    const [before, after] = [await found, await servers.find(stream)];
    if (before && after && (before.created !== after.created || before.last < after.last)) return undefined;
    const says = `the bus: ${stream} has taken nothing for ${seconds} s, though the servers answer`;
    if (isLedByAnother) {
      log(`${says}: it is made anew`);
      await servers.remove(stream);
      removed(stream);
      return undefined;
    }
    const wasHandedOver = before?.leader !== undefined && after !== undefined && before.leader !== after.leader;
    if (!wasHandedOver) {
      log(`${says}: another of them is to lead it`);
      // One server alone has nobody to hand it to.
      await servers.changeLeader(stream).catch(() => {});
    }
    return begin(Promise.resolve(after ?? before), true);
  }

  return {
    took: (stream) => void ill.delete(stream),
    async refused(stream, error) {
      // Somebody has answered, and says why.
      if (error instanceof JetStreamApiError) {
        ill.delete(stream);
        return;
      }
      const former = ill.get(stream);
      const known = former && now() - former.triedAt < lapse ? former : begin(servers.find(stream), false);
      known.triedAt = now();
      ill.set(stream, known);
      if (known.isTreated || now() - known.since < silence) return;
      known.isTreated = true;
      // If the servers do not answer, it begins again when they do.
      const left = await treat(stream, known).catch(() => undefined);
      if (ill.get(stream) !== known) return;
      if (left) ill.set(stream, left);
      else ill.delete(stream);
    },
  };
}
