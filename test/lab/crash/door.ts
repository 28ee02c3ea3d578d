import type { Upkeep } from "../../../src/agent/upkeep.ts";

/*
 * Holds the door: counts every effect that passes, and ends the process with SIGKILL just before the chosen one.
 */

const filesThatAct = new Set([
  "create",
  "rename",
  "link",
  "symlink",
  "remove",
  "makeDirectory",
  "removeDirectory",
  "setIds",
  "flush",
]);
const processesThatAct = new Set(["run", "hold", "signal"]);
const recordsThatAct = new Set([
  "write",
  "open",
  "committed",
  "settle",
  "undone",
  "dropJournal",
  "decide",
  "setConditions",
]);

export function withDoor(upkeep: Upkeep, killBefore: number, onPoint: (number: number, name: string) => void): Upkeep {
  let points = 0;
  const guard = <T extends object>(what: string, object: T, acting: ReadonlySet<string>): T =>
    new Proxy(object, {
      get(target, property) {
        const value = Reflect.get(target, property) as unknown;
        if (typeof value !== "function") return value;
        if (!acting.has(String(property))) return value.bind(target);
        return (...args: unknown[]) => {
          points++;
          onPoint(points, `${what}.${String(property)}`);
          if (points === killBefore) process.kill(process.pid, "SIGKILL");
          return (value as (...all: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  return {
    ...upkeep,
    host: {
      ...upkeep.host,
      files: guard("files", upkeep.host.files, filesThatAct),
      processes: guard("processes", upkeep.host.processes, processesThatAct),
    },
    ledger: guard("ledger", upkeep.ledger, recordsThatAct),
    estate: guard("estate", upkeep.estate, recordsThatAct),
  };
}
