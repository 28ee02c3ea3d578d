import { type Desired, desiredKey } from "../model/desired.ts";
import type { LiveEvent } from "../model/report.ts";
import { type AgentBus, type Answerer, type ControlBus, NoAnswer, type Shared } from "./bus.ts";

/** Both ends in one process, for an estate whose hosts come to its control plane's own socket. */
export class MemoryBus implements ControlBus {
  readonly isPrivate = true;
  readonly #kept = new Map<string, Map<string, Desired>>();
  readonly #agents = new Map<string, Connected>();
  #handle: Parameters<ControlBus["onReports"]>[0] = async () => {};
  readonly #hearers: ((host: string, event: LiveEvent) => void)[] = [];

  async put(host: string, entry: Desired): Promise<void> {
    const kept = this.#kept.get(host) ?? new Map<string, Desired>();
    this.#kept.set(host, kept);
    const key = desiredKey(host, entry.ref);
    if ((kept.get(key)?.sequence ?? 0) >= entry.sequence) return;
    kept.set(key, entry);
    this.#agents.get(host)?.offer([entry]);
  }

  async prepare(): Promise<void> {
    // Nothing is needed here.
  }

  async kept(): Promise<Map<string, number>> {
    return new Map([...this.#kept.values()].flatMap((kept) => [...kept].map(([key, { sequence }]) => [key, sequence])));
  }

  async forget(host: string): Promise<void> {
    this.#kept.delete(host);
    this.#agents.get(host)?.end();
  }

  async onReports(handle: Parameters<ControlBus["onReports"]>[0]): Promise<void> {
    this.#handle = handle;
  }

  onEvents(handle: (host: string, event: LiveEvent) => void): void {
    this.#hearers.push(handle);
  }

  onDoubt(): void {
    // It has what this process has given it.
  }

  onReportsLost(): void {
    // It keeps none.
  }

  onJoin(): void {
    // Whoever comes to the socket of this machine is known already.
  }

  async ask(...[host, question, asks, milliseconds]: Parameters<ControlBus["ask"]>) {
    const answer = this.#agents.get(host)?.answer;
    if (!answer) throw new NoAnswer(`${host} is not connected`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new NoAnswer(`${host} takes longer than ${milliseconds} ms`)), milliseconds);
    });
    const answered = answer(question, asks).catch((error: Error) => {
      throw new NoAnswer(`${host} answers: ${error.message}`);
    });
    return Promise.race([answered, late]).finally(() => clearTimeout(timer));
  }

  async close(): Promise<void> {
    for (const agent of this.#agents.values()) agent.end();
  }

  /** The end of one host; a second one for the same host takes its place. */
  connect(host: string): AgentBus {
    this.#agents.get(host)?.end();
    let take: ((entries: readonly Desired[]) => Promise<void>) | undefined;
    let offered: Desired[] = [];
    let isTaking = false;
    let ended = false;
    const hearers: ((isConnected: boolean) => void)[] = [];
    const pump = async () => {
      if (isTaking || !take) return;
      isTaking = true;
      try {
        while (offered.length > 0 && !ended) {
          const entries = offered;
          offered = [];
          await take(entries);
        }
      } catch {
        // Whoever cannot take what it is given comes back, and is given all of it again.
        connected.end();
      }
      isTaking = false;
    };
    const connected: Connected = {
      answer: undefined,
      shared: [],
      offer: (entries) => {
        offered.push(...entries);
        void pump();
      },
      end: () => {
        ended = true;
        if (this.#agents.get(host) === connected) this.#agents.delete(host);
        for (const hear of hearers) hear(false);
      },
    };
    this.#agents.set(host, connected);
    return {
      watch: (taker) => {
        take = taker;
        connected.offer([...(this.#kept.get(host)?.values() ?? [])]);
      },
      onConnection: (hear) => {
        hearers.push(hear);
        hear(true);
      },
      report: (report) => this.#handle([{ host, report }]),
      event: (event) => {
        for (const hear of this.#hearers) hear(host, event);
      },
      share: (news) => {
        for (const [name, other] of this.#agents) if (name !== host) for (const hear of other.shared) hear(host, news);
      },
      onShared: (hear) => {
        connected.shared.push(hear);
      },
      onQuestion: (answer) => {
        connected.answer = answer;
      },
      close: async () => connected.end(),
    };
  }
}

interface Connected {
  answer: Answerer | undefined;
  readonly shared: ((from: string, news: Shared) => void)[];
  readonly offer: (entries: readonly Desired[]) => void;
  readonly end: () => void;
}
