import type { TestHost } from "../../../lab/lab.ts";
import { eventually } from "../estate/estate.ts";

/** Further packages of hosts that are to be name servers: one list, so that it is installed once. */
export const packages = [
  "bind9",
  "bind9-dnsutils",
  "iputils-ping",
  "knot",
  "pdns-server",
  "pdns-backend-sqlite3",
  "sqlite3",
  "exim4-daemon-light",
  "python3-prometheus-client",
];

/** All of them want the same port; each test starts its own. */
export const stopAll = (host: TestHost) => host.must("systemctl", "stop", "named", "knot", "pdns");

/** In a container systemd may still be busy with the control group of what it has just stopped. */
export const start = (host: TestHost, unit: string) =>
  eventually(`${unit} runs`, async () => (await host.exec(["systemctl", "start", unit])).code === 0);
