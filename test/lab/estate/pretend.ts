import { openRemote } from "../../../src/host/control-client.ts";
import { controlSocket } from "../../../src/model/peer.ts";

/* Run as someone who is not root: wants to be told what the host web1 should be, as its agent is. */

const remote = await openRemote(controlSocket);
try {
  for await (const line of remote!.follow("/v1/agent/web1")) process.stdout.write(`${JSON.stringify(line)}\n`);
} catch (error) {
  process.stdout.write(`${(error as Error).message}\n`);
}
