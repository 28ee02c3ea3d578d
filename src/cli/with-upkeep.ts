import { openUpkeep, type Upkeep } from "../agent/upkeep.ts";
import { localHost } from "../host/local.ts";
import type { ExitCode } from "./command.ts";

/** Opens this machine's records for one command. */
export async function withUpkeep(
  options: { make: boolean },
  use: (upkeep: Upkeep) => Promise<ExitCode>,
): Promise<ExitCode> {
  const upkeep = await openUpkeep(localHost, options);
  try {
    return await use(upkeep);
  } finally {
    await upkeep.close();
  }
}
