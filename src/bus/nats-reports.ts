import type { ConsumerMessages, JetStreamClient, JetStreamManager, JsMsg } from "@nats-io/jetstream";
import { rhythm } from "../host/pace.ts";
import { type HostReport, reportSchema } from "../model/report.ts";
import { batches } from "./batches.ts";
import type { Healer } from "./nats-healing.ts";
import { consumeUntilSilent } from "./reading.ts";
import { said } from "./said.ts";
import { hostIn, probeSubject, reportConsumer, reportStream } from "./subjects.ts";

/** Most reports that are written down at once, and how long they are waited for in between. Milliseconds. */
const [most, patience] = [200, 20];

/** Control planes are few, and people wait for what reports say. Milliseconds. */
const silence = rhythm(3_000);

/** Milliseconds between two looks at whether something lies there that nobody gets. */
const lookEvery = rhythm(3_000);

type Handle = (reports: readonly HostReport[]) => Promise<void>;

/** Milliseconds between two attempts to put something there. */
const probeEvery = rhythm(5_000);

/** Milliseconds until a report that could not be written down comes again. */
const again = rhythm(1_000);

/** Reads what hosts report, together with other control planes, until it is stopped. */
export function readReports(
  client: JetStreamClient,
  manager: JetStreamManager,
  handle: Handle,
  /** Makes what is missing on the servers. */
  make: () => Promise<void>,
  healer: Healer,
): { stop(): void } {
  const stopped = new AbortController();
  let reading: ConsumerMessages | undefined;
  void (async () => {
    while (!stopped.signal.aborted) {
      const over = new AbortController();
      try {
        const consumer = await client.consumers.get(reportStream, reportConsumer);
        reading = await consumeUntilSilent(consumer, most, silence);
        void endStuck(manager, over.signal);
        for await (const messages of batches(reading, { most, patience, isLast: ({ info }) => info.pending === 0 }))
          await handleAll(messages, handle);
      } catch {
        // The servers are not there at the moment, or have lost what we had there.
        await make().catch(() => {});
      } finally {
        over.abort();
      }
      if (!stopped.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 300));
    }
  })();
  void probe(client, healer, stopped.signal);
  return {
    stop() {
      stopped.abort();
      reading?.stop();
    },
  };
}

/**
 * A report that is there still, and of which no acknowledgement is waited for, is on its way; if it stays so, then what
 * the servers know of its readers is wrong. They have been seen to forget the end of a stream when most of them were
 * started anew, and not that it had been read: what came next had the same numbers, and was delivered to nobody. A reader
 * made anew gets all there is.
 */
async function endStuck(manager: JetStreamManager, over: AbortSignal): Promise<void> {
  let former = 0;
  while (!over.aborted) {
    await new Promise((resolve) => setTimeout(resolve, lookEvery));
    try {
      const { state } = await manager.streams.info(reportStream);
      const { num_ack_pending: awaited } = await manager.consumers.info(reportStream, reportConsumer);
      const lies = state.messages > 0 && awaited === 0;
      if (lies && state.first_seq === former && !over.aborted)
        await manager.consumers.delete(reportStream, reportConsumer);
      former = lies ? state.first_seq : 0;
    } catch {
      // Not now.
    }
  }
}

/** Whether hosts can report, only a report shows. */
async function probe(client: JetStreamClient, healer: Healer, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await client.publish(probeSubject, "").then(
      () => healer.took(reportStream),
      (error) => healer.refused(reportStream, error),
    );
    await new Promise((resolve) => setTimeout(resolve, probeEvery));
  }
}

/** Reports are gone from the servers once they have been written down; those that could not be come again. */
async function handleAll(messages: readonly JsMsg[], handle: Handle): Promise<void> {
  const reports: HostReport[] = [];
  const handled: JsMsg[] = [];
  for (const message of messages) {
    if (message.subject === probeSubject) {
      message.ack();
      continue;
    }
    const report = said(reportSchema, message);
    if (!report) {
      message.term("this is no report");
      continue;
    }
    reports.push({ host: hostIn(message.subject), report });
    handled.push(message);
  }
  if (reports.length === 0) return;
  await handle(reports).then(
    () => {
      for (const message of handled) message.ack();
    },
    () => {
      for (const message of handled) message.nak(again);
    },
  );
}
