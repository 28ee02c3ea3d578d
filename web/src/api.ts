import { QueryClient } from "@tanstack/react-query";
import { apiClient } from "../../src/client/client.ts";
import type { Problem } from "../../src/client/paths.ts";

export type * from "../../src/client/paths.ts";

/** What the control plane has against something, in its own words. */
export class Refused extends Error {
  readonly status: number;
  readonly errors: readonly { readonly detail: string; readonly pointer?: string | undefined }[];
  constructor({ status, detail, errors = [] }: Pick<Problem, "status" | "detail" | "errors">) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}

let csrf: string | undefined;

/** What changes something needs this word of the session, which other sites cannot know. */
export const setCsrf = (word: string | undefined): void => {
  csrf = word;
};

export const api = apiClient("", { csrf: () => csrf });

/** What was asked for; throws {@link Refused}. */
export async function answer<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked.catch(() => {
    throw new Refused({ status: 0, detail: "" });
  });
  if (response.ok) return data as T;
  throw new Refused({ status: response.status, detail: response.statusText, ...(error as Partial<Problem>) });
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => count < 2 && !(error instanceof Refused && error.status >= 400 && error.status < 500),
    },
  },
});
