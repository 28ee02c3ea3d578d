import type { Remote } from "../host/control-client.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { Records, Stored } from "../store/records.ts";

/** How many are asked for by name in one request; an address has room for 8 kB and more. */
const atOnce = 20;

/** The estate's records as the control plane tells them. */
export function remoteRecords(remote: Remote): Records {
  const list = (kind?: string) => remote.get<Stored[]>(`/v1/resources${kind ? `?kind=${kind}` : ""}`);
  const find = async (refs: readonly ResourceRef[]) => {
    const found = new Map<ResourceRef, Stored>();
    for (let start = 0; start < refs.length; start += atOnce) {
      const query = new URLSearchParams(refs.slice(start, start + atOnce).map((ref): [string, string] => ["ref", ref]));
      for (const record of await remote.get<Stored[]>(`/v1/resources?${query}`)) found.set(record.ref, record);
    }
    return found;
  };
  return {
    list,
    find,
    get: async (ref) => (await find([ref])).get(ref),
    revisions: async () => (await list()).map(({ ref, revision }) => ({ ref, revision })),
  };
}
