import { fork } from "node:child_process";
import { Agent, request } from "node:http";
import { apply } from "../src/agent/apply.ts";
import { intendSwitch } from "../src/agent/maintenance.ts";
import { openUpkeep } from "../src/agent/upkeep.ts";
import { localHost } from "../src/host/local.ts";

/*
 * Runs inside a lab host: moves a switch to and fro in one process, while another asks the site without a pause. Reports
 * milliseconds: from the decision to the first answer that shows it, and until all is written down. Arguments: the
 * maintenance, one of its sites, times.
 */

/** Milliseconds since 1970, the same in both processes. */
const now = () => performance.timeOrigin + performance.now();

const [, , name, site, times] = process.argv;
if (name === "ask") await askForEver(site!);
else await measure(name!, site!, Number(times));

async function askForEver(hostName: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () =>
    new Promise<number>((resolve) => {
      const question = request(
        { host: "127.0.0.1", port: 80, path: "/", agent, headers: { host: hostName } },
        (response) => {
          response.resume().on("end", () => resolve(response.statusCode ?? 0));
        },
      );
      question.on("error", () => resolve(0)).end();
    });
  for (let before = 0; ; ) {
    const status = await ask();
    if (status !== before) process.send!({ status, at: now() });
    before = status;
  }
}

async function measure(maintenance: string, hostName: string, rounds: number): Promise<void> {
  const upkeep = await openUpkeep(localHost, { make: true });
  const asker = fork(import.meta.filename, ["ask", hostName]);
  const seen: { status: number; at: number }[] = [];
  let heard = () => {};
  asker.on("message", (message) => {
    seen.push(message as (typeof seen)[number]);
    heard();
  });
  const turn = async (active: boolean) => {
    const start = now();
    const carried = apply(
      upkeep,
      "bench",
      () => intendSwitch(upkeep, [maintenance], () => ({ active }), { make: false }),
      {
        report() {},
        planned() {},
        waiting() {},
        recovered() {},
      },
    );
    const wanted = active ? 503 : 200;
    const answered = new Promise<number>((resolve) => {
      heard = () => {
        const found = seen.find(({ status, at }) => status === wanted && at >= start);
        if (found) resolve(found.at - start);
      };
      heard();
    });
    const { outcome } = await carried;
    if (outcome.takenBack !== undefined) throw new Error(outcome.takenBack);
    const whole = now() - start;
    return { first: await answered, whole };
  };
  const on: Awaited<ReturnType<typeof turn>>[] = [];
  const off: typeof on = [];
  for (let round = 0; round < rounds; round++) {
    on.push(await turn(true));
    off.push(await turn(false));
  }
  asker.kill();
  await upkeep.close();
  process.stdout.write(JSON.stringify({ on, off }));
}
