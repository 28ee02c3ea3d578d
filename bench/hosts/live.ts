import type { HostOutcome } from "../../src/control/following.ts";
import { openRemote } from "../../src/host/control-client.ts";
import { controlSocket } from "../../src/model/peer.ts";

/*
 * Run in the bench's host: edits one site again and again, and prints how long each edit takes from its acknowledgement
 * until it is live and the control plane says so, without the time of the web server itself.
 */

const [host, times] = [process.argv[2]!, Number(process.argv[3])];
const remote = (await openRemote(controlSocket))!;
const taken: number[] = [];
for (let round = -5; round < times; round++) {
  const statement = {
    resource: {
      kind: "Site",
      name: "live.example.com",
      spec: { headers: { "X-Round": `r${round}` } },
      placement: { host },
    },
    from: "",
  };
  let accepted = 0;
  const body = { statements: [statement], prune: [], command: "bench" };
  for await (const line of remote.follow<{ accepted?: object; outcomes?: HostOutcome[] }>("/v1/apply", body)) {
    if (line.accepted) accepted = performance.now();
    const [outcome] = line.outcomes ?? [];
    if (!outcome) continue;
    if (outcome.state !== "done" || !outcome.settled) throw new Error(JSON.stringify(outcome));
    const { check = 0, reload = 0 } = outcome.settled.took;
    if (round >= 0) taken.push(performance.now() - accepted - check - reload);
  }
}
process.stdout.write(JSON.stringify(taken));
