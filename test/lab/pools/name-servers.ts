import type { TestHost } from "../../../lab/lab.ts";
import { eventually } from "../estate/estate.ts";

/** All of them want the same port; each test starts its own. */
export const stopAll = (host: TestHost) => host.must("systemctl", "stop", "named", "knot", "pdns");

/** In a container systemd may still be busy with the control group of what it has just stopped. */
export const start = (host: TestHost, unit: string) =>
  eventually(`${unit} runs`, async () => (await host.exec(["systemctl", "start", unit])).code === 0);
