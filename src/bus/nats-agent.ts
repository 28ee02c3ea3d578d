import { AckPolicy, type ConsumerMessages, DeliverPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type Msg, type NatsConnection, nanos } from "@nats-io/transport-node";
import { rhythm } from "../host/pace.ts";
import { type Desired, readDesired } from "../model/desired.ts";
import type { Questions } from "../model/report.ts";
import { batches } from "./batches.ts";
import { type AgentBus, type Answerer, type Shared, sharedSchema } from "./bus.ts";
import { type Access, connectNats } from "./connect.ts";
import { pack, unpack } from "./payload.ts";
import { consumeUntilSilent } from "./reading.ts";
import { said } from "./said.ts";
import {
  askSubject,
  bucketStream,
  bucketSubject,
  hostIn,
  inboxOf,
  liveSubject,
  reportSubject,
  sharedSubject,
} from "./subjects.ts";

/** Milliseconds until reading begins again, doubled each time, up to the last. */
const [firstPause, lastPause] = [200, rhythm(5_000)];

/** Milliseconds that servers may take to make a reader, doubled each time, up to the last: they may be making a thousand. */
const [firstMaking, lastMaking] = [5_000, 40_000];

/** Most entries handed over at once. */
const most = 500;

/** Hosts are many, and most have nothing to hear for days. Milliseconds. */
const silence = rhythm(15_000);

/** Milliseconds within which what comes together comes. */
const patience = 50;

/** Milliseconds without anything from the reader after which something that was put for us will not come from it. */
const overdue = 2_000;

/** Milliseconds that servers may take to keep a report. */
const keeping = 5_000;

/** A host's end of NATS JetStream. Returns at once; the connection is made and made again by itself. */
export function openNatsAgentBus(host: string, access: Access): AgentBus {
  let closed = false;
  let connection: NatsConnection | undefined;
  let isConnected = false;
  let answer: Answerer | undefined;
  let take: ((entries: readonly Desired[]) => Promise<void>) | undefined;
  let messages: ConsumerMessages | undefined;
  /** The sequence in the stream up to which everything has been taken. */
  let last = 0;
  let connections = 0;
  let isTaking = false;
  let expecting: NodeJS.Timeout | undefined;
  /** The highest sequence of an entry that our reader has brought, and of one that it should bring. */
  let [newest, expected] = [0, 0];
  /** When our reader brought something last, or began; without one it is not asked. */
  let quietSince = Number.POSITIVE_INFINITY;
  /** Readers in a row that have brought nothing of what was expected. */
  let missed = 0;
  const hearers: ((isConnected: boolean) => void)[] = [];
  const others: ((from: string, news: Shared) => void)[] = [];
  const tell = (now: boolean) => {
    if (now === isConnected) return;
    isConnected = now;
    for (const hear of hearers) hear(now);
  };

  const connecting = connectNats(host, access, inboxOf(host), () => !closed).then((opened) => {
    if (!opened) return undefined;
    connection = opened;
    if (closed) return opened.close();
    tell(true);
    void followStatus(opened);
    // Whatever is put for us passes here as well, though this is not what we go by: the server that our reader was on may
    // have gone, and we are on another.
    opened.subscribe(bucketSubject(host), {
      callback: (error, message) => {
        if (!error) expect(readDesired(message.string())?.sequence ?? 0);
      },
    });
    opened.subscribe(sharedSubject("*"), {
      callback: (error, message) => {
        const from = hostIn(message.subject);
        const news = error || from === host ? undefined : said(sharedSchema, message);
        if (news) for (const hear of others) hear(from, news);
      },
    });
    // Without the right to hear questions, or after the end, there are none.
    answerQuestions(opened).catch(() => {});
    if (take) void follow(opened);
    return undefined;
  });

  async function followStatus(opened: NatsConnection) {
    for await (const { type } of opened.status()) {
      if (type === "disconnect") tell(false);
      if (type === "reconnect") {
        tell(true);
        // What came in between is not told again by itself, and the servers may be others.
        connections++;
        last = 0;
        messages?.stop();
      }
    }
  }

  /**
   * Reads all that is kept for this host, then what comes; begins again whenever that ends: where it was, or from the
   * beginning where the connection was lost.
   */
  async function follow(opened: NatsConnection) {
    let wait = firstPause;
    let making = firstMaking;
    while (!closed) {
      try {
        const from = last;
        const manager = await jetstreamManager(opened, { checkAPI: false, timeout: making });
        await manager.consumers.delete(bucketStream(host), host).catch(() => {});
        const info = await manager.consumers.add(bucketStream(host), {
          name: host,
          filter_subject: bucketSubject(host),
          ...(from > 0
            ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from + 1 }
            : { deliver_policy: DeliverPolicy.LastPerSubject }),
          ack_policy: AckPolicy.None,
          inactive_threshold: nanos(60_000),
          mem_storage: true,
          num_replicas: 1,
        });
        const consumer = jetstream(opened).consumers.getConsumerFromInfo(info);
        messages = await consumeUntilSilent(consumer, most, silence);
        wait = firstPause;
        making = firstMaking;
        quietSince = performance.now();
        await readAll(messages);
      } catch {
        // Not there yet, or not any longer: the connection, the bucket, the consumer. Maybe the stream is another one.
        last = 0;
        making = Math.min(lastMaking, 2 * making);
      } finally {
        quietSince = Number.POSITIVE_INFINITY;
        messages?.stop();
      }
      // Not all hosts at once.
      if (!closed) await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
      wait = Math.min(lastPause, 2 * wait);
    }
  }

  function expect(sequence: number) {
    // It comes by both ways, and this one may be the slower.
    if (sequence <= newest) return;
    expected = Math.max(expected, sequence);
    const since = performance.now();
    expecting ??= setTimeout(() => {
      expecting = undefined;
      if (newest >= expected) return;
      // Whoever was kept from everything has not yet read what came meanwhile.
      const wasKept = performance.now() - since > 2 * overdue;
      if (!wasKept && !isTaking && performance.now() - quietSince > overdue) {
        // Then all of it, from the beginning: servers that have forgotten something count from there, and we are further.
        if (++missed > 1) last = 0;
        messages?.stop();
      }
      expect(expected);
    }, overdue);
  }

  async function readAll(from: ConsumerMessages) {
    const connected = connections;
    let delivered = 0;
    // How many more there are is not to be relied on: servers have been seen to be wrong about it.
    for await (const batch of batches(from, { most, patience, isLast: ({ info }) => info.pending === 0 })) {
      // Somebody else has got what was for us: a reader of ours that should have ended.
      if (batch.at(-1)!.info.deliverySequence !== delivered + batch.length) return;
      delivered += batch.length;
      missed = 0;
      const entries = batch.flatMap((message) => readDesired(message.string()) ?? []);
      newest = Math.max(newest, ...entries.map(({ sequence }) => sequence));
      isTaking = true;
      try {
        if (entries.length > 0) await take!(entries);
      } finally {
        isTaking = false;
        quietSince = performance.now();
      }
      if (connected === connections) last = batch.at(-1)!.info.streamSequence;
    }
  }

  async function answerQuestions(opened: NatsConnection) {
    for await (const message of opened.subscribe(askSubject(host))) void reply(opened, message);
  }

  async function reply(opened: NatsConnection, message: Msg) {
    const respond = async (body: unknown) => {
      const packed = await pack(body);
      const most = opened.info?.max_payload ?? packed.length;
      if (packed.length > most) throw new Error(`the answer is too large for the bus (${packed.length >> 20} MB)`);
      message.respond(packed);
    };
    try {
      type Asked = { question: keyof Questions; asks: Questions[keyof Questions]["asks"] };
      const { question, asks } = await unpack<Asked>(message.data);
      if (!answer) throw new Error(`${host} is starting`);
      await respond({ answers: await answer(question, asks) });
    } catch (error) {
      await respond({ problem: (error as Error).message }).catch(() => {});
    }
  }

  return {
    watch(taker) {
      take = taker;
      if (connection) void follow(connection);
    },
    onConnection(hear) {
      hearers.push(hear);
      hear(isConnected);
    },
    async report(report) {
      if (!connection || !isConnected) throw new Error("the bus cannot be reached");
      await jetstream(connection).publish(reportSubject(host), JSON.stringify(report), { timeout: keeping });
    },
    event(event) {
      if (isConnected) connection?.publish(liveSubject(host), JSON.stringify(event));
    },
    share(news) {
      if (isConnected) connection?.publish(sharedSubject(host), JSON.stringify(news));
    },
    onShared(hear) {
      others.push(hear);
    },
    onQuestion(answerer) {
      answer = answerer;
    },
    async close() {
      closed = true;
      clearTimeout(expecting);
      messages?.stop();
      if (isConnected) await connection?.flush().catch(() => {});
      await connection?.close();
      await connecting;
    },
  };
}
