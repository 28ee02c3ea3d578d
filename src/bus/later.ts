import { type ControlBus, NoAnswer } from "./bus.ts";

/**
 * A bus that is still to come: what it is to hear it hears once it is there, what it is to keep waits for it, and hosts do
 * not answer until then.
 */
export function later(opening: Promise<ControlBus>): ControlBus {
  let opened: ControlBus | undefined;
  const ready = opening.then((bus) => {
    opened = bus;
    return bus;
  });
  return {
    isPrivate: false,
    put: async (host, entry) => (await ready).put(host, entry),
    prepare: async (host) => (await ready).prepare(host),
    kept: async () => (await ready).kept(),
    onDoubt: (hear) => void ready.then((bus) => bus.onDoubt(hear)),
    onReportsLost: (hear) => void ready.then((bus) => bus.onReportsLost(hear)),
    forget: async (host) => (await ready).forget(host),
    onReports: async (handle) => (await ready).onReports(handle),
    onEvents: (handle) => void ready.then((bus) => bus.onEvents(handle)),
    onJoin: (handle) => void ready.then((bus) => bus.onJoin(handle)),
    async ask(host, ...question) {
      if (!opened) throw new NoAnswer(`${host} cannot be asked: the bus is not there yet`);
      return opened.ask(host, ...question);
    },
    close: async () => opened?.close(),
  };
}
