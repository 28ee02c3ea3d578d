import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect } from "react";
import { answer, api, type Me, queries, Refused, setCsrf } from "./api.ts";

const Known = createContext<Me | undefined>(undefined);

/** Who uses this browser; nobody, if nobody has signed in. */
export function useSession(): {
  readonly me: Me | undefined;
  readonly isLoading: boolean;
  readonly problem: Error | undefined;
} {
  const { data, isLoading, error } = useQuery({
    queryKey: ["me"],
    queryFn: async () => {
      const me = await answer(api.GET("/v1/me")).catch((error: unknown) => {
        if (error instanceof Refused && error.status === 401) return null;
        throw error;
      });
      if (me) setCsrf(me.csrf);
      return me;
    },
  });
  return { me: data ?? undefined, isLoading, problem: error ?? undefined };
}

/** Whoever has just signed in, or out, sees what is theirs and nothing of before. */
export async function sessionChanged(csrf: string | undefined): Promise<void> {
  setCsrf(csrf);
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" });
  await queries.invalidateQueries({ queryKey: ["me"] });
}

export const SignedIn = ({ me, children }: { readonly me: Me; readonly children: ReactNode }) => {
  useEvents();
  return <Known value={me}>{children}</Known>;
};

/** Who has signed in. */
export function useMe(): Me {
  const me = use(Known);
  if (!me) throw new Error("nobody has signed in here");
  return me;
}

/** Whether somebody may state anything at all. */
export function useMayState(): boolean {
  const { rights } = useMe();
  return rights.isOperator || Object.values(rights.tenants).some((role) => role !== "viewer");
}

/** Whatever happens makes what is on the screen look again; the browser itself comes back after a break. */
function useEvents(): void {
  useEffect(() => {
    const source = new EventSource("/v1/events");
    let soon: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      // What comes together is looked at together.
      soon ??= setTimeout(() => {
        soon = undefined;
        void queries.invalidateQueries({
          predicate: ({ queryKey }) => queryKey[0] !== "me" && queryKey[0] !== "kinds",
        });
      }, 50);
    };
    for (const name of ["stated", "deleted", "condition", "event"]) source.addEventListener(name, look);
    return () => {
      clearTimeout(soon);
      source.close();
    };
  }, []);
}
