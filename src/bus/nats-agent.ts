import { AckPolicy, type ConsumerMessages, DeliverPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type NatsConnection, nanos } from "@nats-io/transport-node";
import type { Desired } from "../model/desired.ts";
import type { Questions } from "../model/report.ts";
import type { AgentBus, Answerer } from "./bus.ts";
import { type Access, connectNats } from "./connect.ts";
import { consumeUntilSilent } from "./reading.ts";
import { askSubject, bucketStream, bucketSubject, eventSubject, inboxOf, reportSubject } from "./subjects.ts";

/** Milliseconds until reading begins again, doubled each time, up to the last. */
const [firstPause, lastPause] = [200, 10_000];

/** Most entries handed over at once. */
const most = 500;

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
  const hearers: ((isConnected: boolean) => void)[] = [];
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
    while (!closed) {
      try {
        const from = last;
        const manager = await jetstreamManager(opened, { checkAPI: false });
        await manager.consumers.delete(bucketStream, host).catch(() => {});
        const info = await manager.consumers.add(bucketStream, {
          name: host,
          filter_subject: bucketSubject(`${host}.>`),
          ...(from > 0
            ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from + 1 }
            : { deliver_policy: DeliverPolicy.LastPerSubject }),
          ack_policy: AckPolicy.None,
          inactive_threshold: nanos(60_000),
          mem_storage: true,
          num_replicas: 1,
        });
        const consumer = jetstream(opened).consumers.getConsumerFromInfo(info);
        messages = await consumeUntilSilent(consumer, most);
        await readAll(messages);
        wait = firstPause;
      } catch {
        // Not there yet, or not any longer: the connection, the bucket, the consumer. Maybe the stream is another one.
        last = 0;
      }
      // Not all hosts at once.
      if (!closed) await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
      wait = Math.min(lastPause, 2 * wait);
    }
  }

  async function readAll(from: ConsumerMessages) {
    let entries: Desired[] = [];
    const connected = connections;
    for await (const message of from) {
      const { streamSequence } = message.info;
      if (message.data.length > 0) entries.push(message.json<Desired>());
      if (message.info.pending > 0 && entries.length < most) continue;
      if (entries.length > 0) await take!(entries);
      entries = [];
      if (connected === connections) last = streamSequence;
    }
  }

  async function answerQuestions(opened: NatsConnection) {
    for await (const message of opened.subscribe(askSubject(host))) {
      const { question, asks } = message.json<{
        question: keyof Questions;
        asks: Questions[keyof Questions]["asks"];
      }>();
      const reply = (body: unknown) => message.respond(JSON.stringify(body));
      if (!answer) reply({ problem: `${host} is starting` });
      else
        answer(question, asks).then(
          (answers) => reply({ answers }),
          (error: Error) => reply({ problem: error.message }),
        );
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
      await jetstream(connection).publish(reportSubject(host), JSON.stringify(report), { timeout: 5_000 });
    },
    event(event) {
      if (isConnected) connection?.publish(eventSubject(host), JSON.stringify(event));
    },
    onQuestion(answerer) {
      answer = answerer;
    },
    async close() {
      closed = true;
      messages?.stop();
      if (isConnected) await connection?.flush().catch(() => {});
      await connection?.close();
      await connecting;
    },
  };
}
