import { JetStreamApiError } from "@nats-io/jetstream";

/** What the servers can be asked about a stream. */
export interface Servers {
  /** Rejects when they do not answer: then nothing is wrong with one stream alone. */
  answer(): Promise<void>;
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
export const patience = 20_000;

/**
 * A stream may take nothing any longer while the servers are well: nats-server 2.9 has been seen to write a leader's log
 * under wrong numbers after most servers had been started anew ("RAFT Wrong index"), and to stay so. First another server
 * leads it; if that is not enough it is made anew. All that we keep on the bus is somewhere else, too: what hosts should be
 * is in the database, and hosts that have not been heard tell everything again.
 */
export function streamHealer(
  servers: Servers,
  { log, removed, now }: { log: (text: string) => void; removed: () => void; now: () => number },
): Healer {
  const ill = new Map<string, { since: number; isLedByAnother: boolean; isTreated: boolean }>();

  async function treat(stream: string, seconds: number, isLedByAnother: boolean): Promise<void> {
    await servers.answer();
    const says = `the bus: ${stream} has taken nothing for ${seconds} s, though the servers answer`;
    if (!isLedByAnother) {
      log(`${says}: another of them is to lead it`);
      // One server alone has nobody to hand it to.
      await servers.changeLeader(stream).catch(() => {});
    } else {
      log(`${says}: it is made anew`);
      await servers.remove(stream);
      removed();
    }
  }

  return {
    took: (stream) => void ill.delete(stream),
    async refused(stream, error) {
      // Somebody has answered, and says why.
      if (error instanceof JetStreamApiError) {
        ill.delete(stream);
        return;
      }
      const known = ill.get(stream) ?? { since: now(), isLedByAnother: false, isTreated: false };
      ill.set(stream, known);
      const lasts = now() - known.since;
      if (known.isTreated || lasts < patience) return;
      known.isTreated = true;
      try {
        await treat(stream, Math.round(lasts / 1000), known.isLedByAnother);
        if (ill.get(stream) === known)
          ill.set(stream, { since: now(), isLedByAnother: !known.isLedByAnother, isTreated: false });
      } catch {
        // The servers do not answer: it begins again when they do.
        ill.delete(stream);
      }
    },
  };
}
