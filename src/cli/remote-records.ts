import type { Remote } from "../host/control-client.ts";
import { parseRef, type ResourceRef } from "../model/resource.ts";
import type { Records, Stored } from "../store/records.ts";

/** The estate's records as the control plane tells them. */
export function remoteRecords(remote: Remote): Records {
  const list = (kind?: string) => remote.get<Stored[]>(`/v1/resources${kind ? `?kind=${kind}` : ""}`);
  const find = async (refs: readonly ResourceRef[]) => {
    const wanted = new Set(refs);
    const kinds = [...new Set(refs.map((ref) => parseRef(ref).kind))];
    const all = (await Promise.all(kinds.map(list))).flat();
    return new Map(all.filter(({ ref }) => wanted.has(ref)).map((record) => [record.ref, record]));
  };
  return {
    list,
    find,
    get: async (ref) => (await find([ref])).get(ref),
    revisions: async () => (await list()).map(({ ref, revision }) => ({ ref, revision })),
  };
}
