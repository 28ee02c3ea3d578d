import { jetstreamManager } from "@nats-io/jetstream";
import { onBus } from "./on-bus.ts";

/*
 * Run on a control plane's machine: streams that are there, and answer, and take nothing of what is theirs. Arguments:
 * their names.
 */

const connection = await onBus();
const { streams } = await jetstreamManager(connection);
for (const name of process.argv.slice(2)) {
  const { config } = await streams.info(name);
  await streams.update(name, { ...config, subjects: [`elsewhere.${name}`] });
}
await connection.close();
