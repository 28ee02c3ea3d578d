import type { Daemon } from "../model/daemon.ts";

/** What holds for a server that is someone else's, and of which Upkeep manages the maintenance and nothing more. */
export const guest = {
  environment: () => ({}),
  foreignHosts: () => () => undefined,
  ports: () => [],
  openFiles: () => 1024,
} satisfies Partial<Daemon>;
