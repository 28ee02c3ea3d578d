import { dirname } from "node:path";
import type { Host } from "../host/host.ts";
import type { Change } from "../model/plan.ts";

export interface KeptEdit {
  readonly path: string;
  readonly keptAs: string;
  readonly says: string;
}

/** Puts aside what people wrote into files that are about to be overwritten or removed. */
export function keepEdits(host: Host, changes: readonly Change[], stateDirectory: string): KeptEdit[] {
  const time = new Date(host.clock.now()).toISOString().replace(/[:.]/g, "-");
  return changes.flatMap(({ item, drift }) => {
    if (item.type !== "file" || drift?.found === undefined) return [];
    const keptAs = `${stateDirectory}/kept/${time}${item.path}`;
    makeParents(host, dirname(keptAs));
    host.files.create(keptAs, drift.found, { uid: 0, gid: 0, mode: 0o600 });
    return [{ path: item.path, keptAs, says: drift.says }];
  });
}

function makeParents(host: Host, path: string): void {
  if (host.files.stat(path)) return;
  makeParents(host, dirname(path));
  host.files.makeDirectory(path, { uid: 0, gid: 0, mode: 0o700 });
}
