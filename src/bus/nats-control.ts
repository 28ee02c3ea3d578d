import {
  AckPolicy,
  JetStreamApiError,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";
import { headers, type NatsConnection, nanos } from "@nats-io/transport-node";
import { type Desired, desiredKey } from "../model/desired.ts";
import { liveEventSchema } from "../model/report.ts";
import { openBuckets, sequenceHeader } from "./buckets.ts";
import { type ControlBus, NoAnswer } from "./bus.ts";
import { type Access, connectNats } from "./connect.ts";
import { joinRequestSchema, joinSubject } from "./joining.ts";
import { streamHealer } from "./nats-healing.ts";
import { readReports } from "./nats-reports.ts";
import { pack, unpack } from "./payload.ts";
import { said } from "./said.ts";
import { askSubject, bucketStream, bucketSubject, hostIn, reportConsumer, reportStream } from "./subjects.ts";

/** How many entries' revisions are remembered; knowing one saves two questions. */
const remembered = 500_000;

/** Error code of JetStream for a message that was put in between. */
const wrongLastSequence = 10071;

/** A control plane's end of NATS JetStream. Makes the bucket and the stream if they are not there. */
export async function openNatsControlBus(
  access: Access,
  {
    replicas = 1,
    name = "control",
    log = () => {},
  }: { readonly replicas?: number; readonly name?: string; readonly log?: (text: string) => void } = {},
): Promise<ControlBus> {
  const connection = (await connectNats(name, access, "_INBOX.control"))!;
  const client = jetstream(connection);
  const manager = await ready(connection, replicas);
  const buckets = openBuckets(client, manager, replicas);
  /** By key: what was put last, as far as we know: the server's number for it, and ours. */
  const last = new Map<string, { readonly revision: number; readonly sequence: number }>();
  let reading: { stop(): void } | undefined;
  const doubters: (() => void)[] = [];
  const losers: (() => void)[] = [];
  const doubt = () => {
    last.clear();
    buckets.doubt();
    for (const hear of doubters) hear();
  };
  const healer = streamHealer(
    {
      answer: async () => void (await manager.getAccountInfo()),
      async find(stream) {
        const found = await manager.streams.info(stream).catch(() => undefined);
        return (
          found && { created: found.created, leader: found.cluster?.leader || undefined, last: found.state.last_seq }
        );
      },
      changeLeader: async (stream) => void (await connection.request(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`)),
      remove: async (stream) => void (await manager.streams.delete(stream)),
    },
    {
      log,
      removed(stream) {
        doubt();
        if (stream === reportStream) for (const hear of losers) hear();
      },
      now: () => performance.now(),
    },
  );
  void (async () => {
    for await (const { type } of connection.status()) if (type === "reconnect") doubt();
  })();

  function remember(key: string, kept: { readonly revision: number; readonly sequence: number }) {
    if (last.size >= remembered) last.clear();
    last.set(key, kept);
  }

  async function put(host: string, entry: Desired): Promise<void> {
    const key = desiredKey(host, entry.ref);
    const text = JSON.stringify(entry);
    // Unknown is most likely new. Whoever is wrong is told, and looks.
    for (let known = last.get(key) ?? { revision: 0, sequence: 0 }; known.sequence < entry.sequence; )
      try {
        await buckets.of(host);
        const header = headers();
        header.set(sequenceHeader, String(entry.sequence));
        const expect = { lastSubjectSequence: known.revision };
        const { seq } = await client.publish(bucketSubject(host, key), text, { headers: header, expect });
        remember(key, { revision: seq, sequence: entry.sequence });
        healer.took(bucketStream(host));
        return;
      } catch (error) {
        last.delete(key);
        if (error instanceof JetStreamApiError && error.code === wrongLastSequence) {
          const kept = await (await buckets.of(host)).get(key);
          const sequence = kept && kept.length > 0 ? kept.json<Desired>().sequence : 0;
          known = { revision: kept?.revision ?? 0, sequence };
          continue;
        }
        await healer.refused(bucketStream(host), error);
        // Someone may have emptied the servers: what we need there is made again for the next attempt.
        await makeReports(manager, replicas).catch(() => {});
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
      const found = new Map<string, number>();
      for await (const { key, revision, sequence } of buckets.kept()) {
        found.set(key, sequence);
        remember(key, { revision, sequence });
      }
      return found;
    },
    prepare: (host) => patiently(async () => void (await buckets.of(host))),
    onDoubt: (hear) => void doubters.push(hear),
    onReportsLost: (hear) => void losers.push(hear),
    async forget(host) {
      await patiently(async () => {
        await buckets.of(host);
        await manager.streams.purge(bucketStream(host), { filter: bucketSubject(host) });
      });
      await manager.consumers.delete(bucketStream(host), host).catch(() => {});
      for (const key of last.keys()) if (key.startsWith(`${host}.`)) last.delete(key);
    },
    async onReports(handle) {
      reading = readReports(client, manager, handle, () => makeReports(manager, replicas), healer);
    },
    onEvents(handle) {
      connection.subscribe("live.*", {
        callback: (error, message) => {
          const event = error ? undefined : said(liveEventSchema, message);
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

/** While a server reads its configuration again, as it does when a host comes or goes, it knows of nothing for a moment. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      return await work();
    } catch (error) {
      if (attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100 * attempt));
    }
}

/** Makes what is needed on the servers, or finds it there. */
async function ready(connection: NatsConnection, replicas: number): Promise<JetStreamManager> {
  for (;;) {
    try {
      const manager = await jetstreamManager(connection);
      await makeReports(manager, replicas);
      return manager;
    } catch (error) {
      // A cluster that has just started has no leader yet.
      if (connection.isClosed()) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function makeReports(manager: JetStreamManager, replicas: number): Promise<void> {
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
