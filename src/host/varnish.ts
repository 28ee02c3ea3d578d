import type { Host } from "./host.ts";

const answers = "/var/lib/upkeep-maintenance";

/**
 * Makes a running Varnish have the directors that stand for "off" as healthy as the files `backend` say: `upkeep_off_x auto`
 * (varnish-cli(7), "backend.set_health"). One that has just started, or has loaded its configuration, takes them for sick
 * and looks for switches in each request until it is told: nothing but its speed depends on that.
 */
export async function tellVarnish(host: Host): Promise<void> {
  for (const maintenance of host.files.list(answers)) {
    const said = host.files.read(`${answers}/${maintenance}/backend`);
    const [, backend, health] = /^(\w+) (healthy|auto)\n$/.exec(said ?? "") ?? [];
    if (backend === undefined || health === undefined) continue;
    const told = await host.processes.run(["varnishadm", "backend.set_health", `*.${backend}`, health]);
    if (told.code === 0 || /No Backends match/.test(told.stdout + told.stderr)) continue;
    const isRunning = (await host.processes.run(["pgrep", "--exact", "varnishd"])).code === 0;
    if (!isRunning) return;
    throw new Error(`varnishadm does not set the health of ${backend}: ${told.stderr.trim() || told.stdout.trim()}`);
  }
}
