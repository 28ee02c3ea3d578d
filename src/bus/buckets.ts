import { DeliverPolicy, type JetStreamClient, type JetStreamManager, StorageType } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import { bucketOf, isBucketStream, keyIn } from "./subjects.ts";

/** Says an entry's sequence, for whoever wants to know no more than that. */
export const sequenceHeader = "Upkeep-Sequence";

/** Milliseconds after which a bus that says nothing in the middle of an answer has gone. */
const patience = 5_000;

/** What is kept for a key: the server's number for it, and ours. */
export interface Kept {
  readonly key: string;
  readonly revision: number;
  readonly sequence: number;
}

/** The buckets of desired state, each made when its first host comes. */
export interface Buckets {
  /** The one of a host, made if it is not there. */
  of(host: string): Promise<KV>;
  /** They may not be there any longer. */
  doubt(): void;
  /** Everything that is kept in any of them. */
  kept(): AsyncGenerator<Kept>;
}

export function openBuckets(client: JetStreamClient, manager: JetStreamManager, replicas: number): Buckets {
  const known = new Map<string, Promise<KV>>();
  return {
    of(host) {
      const name = bucketOf(host);
      const opened =
        known.get(name) ?? new Kvm(client).create(name, { history: 1, replicas, storage: StorageType.File });
      known.set(name, opened);
      opened.catch(() => known.delete(name));
      return opened;
    },
    doubt: () => known.clear(),
    async *kept() {
      const streams: string[] = [];
      for await (const name of manager.streams.names()) if (isBucketStream(name)) streams.push(name);
      for (const stream of streams) yield* keptIn(client, manager, stream);
    },
  };
}

async function* keptIn(client: JetStreamClient, manager: JetStreamManager, stream: string): AsyncGenerator<Kept> {
  const { state } = await manager.streams.info(stream);
  if (state.messages === 0) return;
  const all = await client.consumers.get(stream, { deliver_policy: DeliverPolicy.All, headers_only: true });
  const messages = await all.consume({ max_messages: 5_000 });
  const silent = setTimeout(() => messages.stop(new Error("the bus has stopped in the middle")), patience);
  try {
    for await (const { subject, headers, info } of messages) {
      silent.refresh();
      yield { key: keyIn(subject), revision: info.streamSequence, sequence: Number(headers?.get(sequenceHeader) ?? 0) };
      if (info.streamSequence >= state.last_seq || info.pending === 0) return;
    }
  } finally {
    clearTimeout(silent);
    messages.stop();
  }
}
