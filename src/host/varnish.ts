import type { Host } from "./host.ts";

const answers = "/var/lib/upkeep-maintenance";

/**
 * Makes a running Varnish have directors as healthy as these files say, `upkeep_off_x auto` (varnish-cli(7),
 * "backend.set_health"); without any, as all do. One that has just started, or has loaded its configuration, takes them
 * for sick and looks for switches in each request until it is told: nothing but its speed depends on that.
 */
export async function tellVarnish(host: Host, paths: readonly string[]): Promise<void> {
  const all = () => host.files.list(answers).map((maintenance) => `${answers}/${maintenance}/health`);
  for (const path of paths.length > 0 ? paths : all()) {
    const [, director, health] = /^(\w+) (healthy|auto)\n$/.exec(host.files.read(path) ?? "") ?? [];
    if (director === undefined || health === undefined) continue;
    const told = await host.processes.run(["varnishadm", "backend.set_health", `*.${director}`, health]);
    if (told.code === 0 || /No Backends match/.test(told.stdout + told.stderr)) continue;
    const isRunning = (await host.processes.run(["pgrep", "--exact", "varnishd"])).code === 0;
    if (!isRunning) return;
    throw new Error(`varnishadm does not set the health of ${director}: ${told.stderr.trim() || told.stdout.trim()}`);
  }
}
