import type { Consumer, ConsumerMessages } from "@nats-io/jetstream";

const ends = new Set([
  "heartbeats_missed",
  "consumer_not_found",
  "consumer_deleted",
  "stream_not_found",
  "no_responders",
]);

/**
 * Messages as they come, up to `most` ahead; they end when what they come from is not there any longer, or its server has
 * said nothing for so long, twice. Milliseconds.
 */
export async function consumeUntilSilent(consumer: Consumer, most: number, silence: number): Promise<ConsumerMessages> {
  const messages = await consumer.consume({
    max_messages: most,
    idle_heartbeat: silence,
    abort_on_missing_resource: true,
  });
  void (async () => {
    for await (const { type } of messages.status()) if (ends.has(type)) messages.stop();
  })();
  return messages;
}
