import { jetstreamManager } from "@nats-io/jetstream";
import { onBus } from "./on-bus.ts";

/* Run on a control plane's machine: says when streams were made. Arguments: their names. */

const connection = await onBus();
const { streams } = await jetstreamManager(connection);
for (const name of process.argv.slice(2)) process.stdout.write(`${(await streams.info(name)).created}\n`);
await connection.close();
