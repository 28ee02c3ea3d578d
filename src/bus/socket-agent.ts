import { openRemote, type Remote } from "../host/control-client.ts";
import type { Desired } from "../model/desired.ts";
import type { Questions } from "../model/report.ts";
import type { AgentBus, Answerer } from "./bus.ts";

type Line =
  | { readonly welcome: string }
  | { readonly entries: readonly Desired[] }
  | {
      readonly ask: {
        readonly id: string;
        readonly question: keyof Questions;
        readonly asks: Questions["plan"]["asks"];
      };
    };

/** Milliseconds until the next attempt to reach a control plane that is not there. */
const pause = 500;

/** The end of the host on which the control plane itself runs: no bus in between, only its socket. */
export function openSocketAgentBus(host: string, socket: string): AgentBus {
  let closed = false;
  let remote: Remote | undefined;
  let take: ((entries: readonly Desired[]) => Promise<void>) | undefined;
  let answer: Answerer | undefined;
  let last = Promise.resolve();
  const hearers: ((isConnected: boolean) => void)[] = [];
  const path = `/v1/agent/${host}`;

  async function follow() {
    while (!closed) {
      try {
        const opened = await openRemote(socket);
        for await (const line of opened?.follow<Line>(path) ?? []) {
          if (closed) return;
          if ("welcome" in line) connected(opened);
          else if ("entries" in line) await take?.(line.entries);
          else void reply(opened!, line.ask);
        }
      } catch {
        // It is not there, or it went away.
      }
      connected(undefined);
      if (!closed) await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  function connected(now: Remote | undefined) {
    const changes = (remote === undefined) !== (now === undefined);
    remote = now;
    if (changes) for (const hear of hearers) hear(now !== undefined);
  }

  async function reply(to: Remote, { id, question, asks }: Extract<Line, { ask: unknown }>["ask"]) {
    const body = await (answer ? answer(question, asks) : Promise.reject(new Error(`${host} is starting`))).then(
      (answers) => ({ answers }),
      (error: Error) => ({ problem: error.message }),
    );
    await to.post(`${path}/answer/${id}`, body).catch(() => {});
  }

  return {
    watch(taker) {
      take = taker;
      void follow();
    },
    onConnection(hear) {
      hearers.push(hear);
      hear(remote !== undefined);
    },
    async report(report) {
      if (!remote) throw new Error("the control plane cannot be reached");
      await last;
      await remote.post(`${path}/report`, report);
    },
    event(event) {
      const to = remote;
      if (to)
        last = last.then(() =>
          to.post(`${path}/event`, event).then(
            () => {},
            () => {},
          ),
        );
    },
    share() {
      // There is no other host.
    },
    onShared() {},
    onQuestion(answerer) {
      answer = answerer;
    },
    async close() {
      closed = true;
      await last;
      remote?.close();
    },
  };
}
