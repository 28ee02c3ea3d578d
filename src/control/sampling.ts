import type { HostState } from "../model/report.ts";
import { type Samples, type SlotSample, slotLength } from "../store/samples.ts";

interface Sum {
  readonly host: string;
  readonly slot: number;
  count: number;
  load: number;
  requests: number | undefined;
}

/** Gathers what heartbeats say of how busy hosts are, and keeps its average for each slot of time. */
export function gatherSamples(samples: Samples): {
  heard(host: string, at: number, state: HostState): void;
  /** Writes down what is not yet. */
  keep(now: number): Promise<void>;
} {
  const open = new Map<string, Sum>();
  return {
    heard(host, at, { load, requests }) {
      if (load === undefined) return;
      const slot = Math.floor(at / slotLength);
      const key = `${slot} ${host}`;
      const sum = open.get(key) ?? { host, slot, count: 0, load: 0, requests: undefined };
      sum.count++;
      sum.load += load;
      if (requests !== undefined) sum.requests = (sum.requests ?? 0) + requests;
      open.set(key, sum);
    },
    async keep(now) {
      const current = Math.floor(now / slotLength);
      const all = [...open].map(([key, { host, slot, count, load, requests }]) => {
        const sample: SlotSample = { host, slot, load: load / count, requests: requests && requests / count };
        return { key, sample };
      });
      await samples.keep(all.map(({ sample }) => sample));
      for (const { key, sample } of all) if (sample.slot < current) open.delete(key);
    },
  };
}
