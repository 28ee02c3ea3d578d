import { execFileSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { askGuard } from "../../src/agent/guard-door.ts";
import { localHost } from "../../src/host/local.ts";

/* Run in the bench's host: starts the service, and prints after how many milliseconds it answers. Its door opens when everybody is kept out. */

const answers = () =>
  askGuard(localHost, { is: "unban", address: "192.0.2.1" }).then(
    () => true,
    () => false,
  );

const began = performance.now();
execFileSync("systemctl", ["start", "upkeep-watches"]);
while (!(await answers())) await pause(1);
process.stdout.write(String(performance.now() - began));
