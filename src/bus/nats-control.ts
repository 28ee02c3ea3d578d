import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { headers, type NatsConnection, nanos } from "@nats-io/transport-node";
import { type Desired, desiredKey } from "../model/desired.ts";
import { hostEventSchema } from "../model/report.ts";
import { type ControlBus, NoAnswer } from "./bus.ts";
import { type Access, connectNats } from "./connect.ts";
import { joinRequestSchema, joinSubject } from "./joining.ts";
import { readReports } from "./nats-reports.ts";
import { pack, unpack } from "./payload.ts";
import { said } from "./said.ts";
import { askSubject, bucket, bucketStream, bucketSubject, hostIn, reportConsumer, reportStream } from "./subjects.ts";

/** How many entries' revisions are remembered; knowing one saves two questions. */
const remembered = 500_000;

/** Says an entry's sequence, for whoever wants to know no more than that. */
const sequenceHeader = "Upkeep-Sequence";

/** What is kept for a key: the server's number for it, and ours. */
interface Kept {
  readonly revision: number;
  readonly sequence: number;
}

/** Milliseconds after which a bus that says nothing in the middle of an answer has gone. */
const silence = 5_000;

/** Error code of JetStream for a message that was put in between. */
const wrongLastSequence = 10071;

/** A control plane's end of NATS JetStream. Makes the bucket and the stream if they are not there. */
export async function openNatsControlBus(
  access: Access,
  { replicas = 1, name = "control" }: { readonly replicas?: number; readonly name?: string } = {},
): Promise<ControlBus> {
  const connection = (await connectNats(name, access, "_INBOX.control"))!;
  const client = jetstream(connection);
  const manager = await ready(connection, replicas);
  const kv = await new Kvm(client).open(bucket);
  /** By key: what was put last, as far as we know. */
  const last = new Map<string, Kept>();
  let reading: { stop(): void } | undefined;
  const doubters: (() => void)[] = [];
  const doubt = () => {
    last.clear();
    for (const hear of doubters) hear();
  };
  void (async () => {
    for await (const { type } of connection.status()) if (type === "reconnect") doubt();
  })();

  function remember(key: string, kept: Kept) {
    if (last.size >= remembered) last.clear();
    last.set(key, kept);
  }

  async function put(host: string, entry: Desired): Promise<void> {
    const key = desiredKey(host, entry.ref);
    const text = JSON.stringify(entry);
    // Unknown is most likely new. Whoever is wrong is told, and looks.
    for (let known = last.get(key) ?? { revision: 0, sequence: 0 }; known.sequence < entry.sequence; )
      try {
        const header = headers();
        header.set(sequenceHeader, String(entry.sequence));
        const expect = { lastSubjectSequence: known.revision };
        const { seq } = await client.publish(bucketSubject(key), text, { headers: header, expect });
        remember(key, { revision: seq, sequence: entry.sequence });
        return;
      } catch (error) {
        last.delete(key);
        if (error instanceof JetStreamApiError && error.code === wrongLastSequence) {
          const kept = await kv.get(key);
          const sequence = kept && kept.length > 0 ? kept.json<Desired>().sequence : 0;
          known = { revision: kept?.revision ?? 0, sequence };
          continue;
        }
        // Someone may have emptied the servers: what we need there is made again for the next attempt.
        await makeAll(client, manager, replicas).catch(() => {});
        doubt();
        throw error;
      }
  }

  return {
    isPrivate: false,
    put,
    async kept() {
      // Who asks doubts what we remember.
      last.clear();
      const { state } = await manager.streams.info(bucketStream);
      const found = new Map<string, number>();
      if (state.messages === 0) return found;
      const all = await client.consumers.get(bucketStream, {
        deliver_policy: DeliverPolicy.All,
        headers_only: true,
      });
      const messages = await all.consume({ max_messages: 5_000 });
      const silent = setTimeout(() => messages.stop(new Error("the bus has stopped in the middle")), silence);
      try {
        for await (const { subject, headers: header, info } of messages) {
          silent.refresh();
          const key = subject.slice(bucketSubject("").length);
          const sequence = Number(header?.get(sequenceHeader) ?? 0);
          found.set(key, sequence);
          remember(key, { revision: info.streamSequence, sequence });
          if (info.streamSequence >= state.last_seq || info.pending === 0) break;
        }
        return found;
      } finally {
        clearTimeout(silent);
        messages.stop();
      }
    },
    onDoubt: (hear) => void doubters.push(hear),
    async forget(host) {
      await manager.streams.purge(bucketStream, { filter: bucketSubject(`${host}.>`) });
      await manager.consumers.delete(bucketStream, host).catch(() => {});
      for (const key of last.keys()) if (key.startsWith(`${host}.`)) last.delete(key);
    },
    async onReports(handle) {
      reading = readReports(client, manager, handle, () => makeAll(client, manager, replicas));
    },
    onEvents(handle) {
      connection.subscribe("event.*", {
        callback: (error, message) => {
          const event = error ? undefined : said(hostEventSchema, message);
          if (event) handle(hostIn(message.subject), event);
        },
      });
    },
    onJoin(handle) {
      connection.subscribe(joinSubject, {
        queue: "control",
        callback: (error, message) => {
          if (error) return;
          const request = said(joinRequestSchema, message);
          (request ? handle(request) : Promise.reject(new Error("this is no request to join"))).then(
            (host) => message.respond(JSON.stringify({ host })),
            (problem: Error) => message.respond(JSON.stringify({ problem: problem.message })),
          );
        },
      });
    },
    async ask(host, question, asks, milliseconds) {
      const asked = await pack({ question, asks });
      const reply = await connection
        .request(askSubject(host), asked, { timeout: milliseconds })
        .catch((error: Error) => {
          throw new NoAnswer(`${host} does not answer: ${error.message}`);
        });
      const { answers, problem } = await unpack<{ answers?: never; problem?: string }>(reply.data);
      if (problem !== undefined) throw new NoAnswer(`${host} answers: ${problem}`);
      return answers!;
    },
    async close() {
      reading?.stop();
      await connection.drain();
    },
  };
}

/** Makes what is needed on the servers, or finds it there. */
async function ready(connection: NatsConnection, replicas: number): Promise<JetStreamManager> {
  for (;;) {
    try {
      const manager = await jetstreamManager(connection);
      await makeAll(jetstream(connection), manager, replicas);
      return manager;
    } catch (error) {
      // A cluster that has just started has no leader yet.
      if (connection.isClosed()) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function makeAll(client: JetStreamClient, manager: JetStreamManager, replicas: number): Promise<void> {
  await new Kvm(client).create(bucket, { history: 1, replicas, storage: StorageType.File });
  const streams = await manager.streams.names().next();
  if (!streams.includes(reportStream))
    await manager.streams.add({
      name: reportStream,
      subjects: ["report.*"],
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      num_replicas: replicas,
      // A report that nobody has wanted for so long is told again by its host.
      max_age: nanos(7 * 24 * 3_600_000),
    });
  await manager.consumers.add(reportStream, {
    durable_name: reportConsumer,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(30_000),
    max_ack_pending: 2_000,
  });
}
