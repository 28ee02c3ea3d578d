import { apiClient } from "../../client/client.ts";
import type { StatedResource } from "../../client/paths.ts";
import type { Invocation } from "../command.ts";
import type { Api, ControlPlane } from "../control-plane.ts";
import { follow } from "./change.ts";
import { recordsOf } from "./records.ts";
import { answer, openElsewhere } from "./server.ts";

/** A control plane on another machine, asked in its user's name. */
export async function elsewhere(invocation: Invocation): Promise<ControlPlane> {
  const { origin, token, ask } = await openElsewhere(invocation);
  const client = apiClient(origin, { token, ask });
  const send = async (method: string, path: string, body?: unknown): Promise<Response> =>
    ask(origin + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const json = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await send(method, path, body);
    const text = await response.text();
    const said = text === "" ? undefined : JSON.parse(text);
    return answer<T>(Promise.resolve(response.ok ? { data: said, response } : { error: said, response }));
  };
  const api: Api = {
    get: (path) => json("GET", path),
    put: (path, body) => json("PUT", path, body),
    patch: (path, body) => json("PATCH", path, body),
    post: (path, body) => json("POST", path, body),
    delete: (path) => json("DELETE", path),
  };
  return {
    api,
    records: recordsOf(client),
    async state(resources) {
      const body = { state: resources as unknown as StatedResource[] };
      return follow(client, await answer(client.POST("/v1/apply", { body })), invocation);
    },
    async remove(refs) {
      return follow(client, await answer(client.POST("/v1/apply", { body: { delete: [...refs] } })), invocation);
    },
    async metrics() {
      const response = await send("GET", "/metrics");
      if (response.ok) return response.text();
      return answer(Promise.resolve({ error: await response.json(), response }));
    },
  };
}
