import createClient, { type Client, type Middleware } from "openapi-fetch";
import type { paths } from "./paths.ts";

export type ApiClient = Client<paths>;

/** Asks a control plane in somebody's name: a program with a token, a browser with its cookie and what goes with that. */
export function apiClient(
  url: string,
  {
    token,
    csrf,
    ask,
  }: {
    readonly token?: string;
    readonly csrf?: () => string | undefined;
    /** What asks instead of fetch(). */
    readonly ask?: typeof fetch;
  } = {},
): ApiClient {
  const client = createClient<paths>({ baseUrl: url, ...(ask && { fetch: ask }) });
  const signing: Middleware = {
    onRequest({ request }) {
      if (token !== undefined) request.headers.set("authorization", `Bearer ${token}`);
      const word = csrf?.();
      if (word !== undefined && request.method !== "GET") request.headers.set("x-csrf-token", word);
      return request;
    },
  };
  client.use(signing);
  return client;
}
