import { Kvm } from "@nats-io/kv";
import { bucketOf } from "../../../src/bus/subjects.ts";
import { type Desired, desiredKey } from "../../../src/model/desired.ts";
import { onBus } from "./on-bus.ts";

/*
 * Run on the control plane's machine: puts entries into the bucket as they are, past all care that control planes take,
 * so that a host gets what is old, foreign or twice. Arguments: the host, and entries as JSON.
 */

const [host, ...texts] = process.argv.slice(2);
const connection = await onBus();
const kv = await new Kvm(connection).open(bucketOf(host!));
for (const text of texts) {
  const entry = JSON.parse(text) as Desired;
  await kv.put(desiredKey(host!, entry.ref), text);
}
await connection.close();
