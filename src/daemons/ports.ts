import type { Needs } from "../model/daemon.ts";
import type { Settings } from "../model/settings.ts";

/** The ports a web server listens on: https only where a site has it. */
export const webPorts = (server: string, needs: Needs, { sites }: Settings): number[] => [
  ...(needs.has(server) ? [sites.httpPort] : []),
  ...(needs.has(`${server} tls`) ? [sites.httpsPort] : []),
];
