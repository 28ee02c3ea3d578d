import { rmSync } from "node:fs";
import { join } from "node:path";
import { labDirectory } from "../lab/directory.ts";
import { bootHost } from "../lab/host.ts";
import { forTests, type TestHost } from "../lab/lab.ts";
import type { PackageSet } from "../lab/packages.ts";
import { makeOf, openWorld, type World } from "../lab/world.ts";

/** A host whose files are on an ext4 of its own, on a disk, so that what is flushed costs what it costs. */
export async function openBenchHost(
  packages: PackageSet | undefined,
  progress: (text: string) => void,
): Promise<{ world: World; host: TestHost; disk: string }> {
  const make = await makeOf({ packages }, progress);
  const world = await openWorld({ progress });
  const disk = join(labDirectory, `bench-${process.pid}.ext4`);
  rmSync(disk, { force: true });
  return { world, disk, host: forTests(await bootHost(world, make, "bench", 10, { server: "apache2", disk })) };
}
