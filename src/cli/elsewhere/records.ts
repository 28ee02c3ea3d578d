import type { ApiClient } from "../../client/client.ts";
import type { ListedResource, paths, Resource } from "../../client/paths.ts";
import { kindNamed } from "../../kinds/index.ts";
import { UserError } from "../../model/problem.ts";
import { type ResourceRef, refOf } from "../../model/resource.ts";
import type { Records, Stored } from "../../store/records.ts";
import { answer } from "./server.ts";

/** Records whose control plane is elsewhere. */
export function recordsOf(api: ApiClient): Records {
  const get = async (ref: ResourceRef): Promise<Stored | undefined> => {
    const [kind, ...name] = ref.split("/");
    const path = { kind: kind!, name: name.join("/") };
    const asked = await api.GET("/v1/resources/{kind}/{name}", { params: { path } });
    return asked.response.status === 404 ? undefined : toStored(await answer(Promise.resolve(asked)));
  };
  const list = async (kind?: string): Promise<Stored[]> =>
    (await listed(api, { with: "spec", ...(kind !== undefined && { kind }) })).map(({ spec = {}, ...each }) =>
      toStored({ ...each, spec }),
    );
  return {
    list,
    get,
    async find(refs) {
      const all = await Promise.all(refs.map(async (ref) => [ref, await get(ref)] as const));
      return new Map(all.flatMap(([ref, found]) => (found ? [[ref, found]] : [])));
    },
    revisions: async () => (await list()).map(({ ref, revision }) => ({ ref, revision })),
  };
}

/** Every record that a query finds, page by page. */
export async function listed(api: ApiClient, query: ListQuery): Promise<ListedResource[]> {
  const found: ListedResource[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = { ...query, limit: 500, ...(cursor !== undefined && { cursor }) };
    const { items, next } = await answer(api.GET("/v1/resources", { params: { query: page } }));
    found.push(...items);
    if (next === undefined) return found;
    cursor = next;
  }
}

type ListQuery = NonNullable<paths["/v1/resources"]["get"]["parameters"]["query"]>;

type Told = Pick<Resource, "kind" | "name" | "spec" | "revision" | "tenant" | "placement">;

function toStored({ kind, name, tenant, placement, spec, revision }: Told): Stored {
  if (!kindNamed(kind))
    throw new UserError(`this upkeep does not know the kind ${kind}; it is older than the control plane`);
  return {
    ref: refOf({ kind, name }),
    kind,
    name,
    spec,
    revision,
    source: "",
    ...(tenant !== undefined && { tenant }),
    ...(placement && { placement: placement as Stored["placement"] & object }),
  };
}
