import { resolve } from "node:path/posix";
import { openGuardLog } from "../../agent/guard-log.ts";
import { lookAtHealth } from "../../agent/health.ts";
import { requireRecords } from "../../agent/upkeep.ts";
import { localHost } from "../../host/local.ts";
import { replaceFile } from "../../host/replace-file.ts";
import { type Figures, metricsOf } from "../../model/figures.ts";
import { conditionsWith, countStates } from "../../model/health.ts";
import { exposition } from "../../model/metrics.ts";
import { version } from "../../model/version.ts";
import type { Run } from "../command.ts";
import { controlPlane } from "../control-plane.ts";
import { requireRoot } from "../require-root.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = async (invocation) => {
  const { options, terminal } = invocation;
  requireRoot("metrics", invocation);
  const plane = await controlPlane(invocation);
  const text = plane ? await plane.metrics() : exposition(metricsOf([await here()]));
  const { write } = options;
  if (write === undefined) terminal.print(text.trimEnd());
  else replaceFile(localHost.files, resolve(String(write)), text, { ...own(), mode: 0o644 });
  return 0;
};

const own = () => ({ uid: process.getuid!(), gid: process.getgid!() });

async function here(): Promise<Figures> {
  let figures: Figures | undefined;
  await withUpkeep({ make: false }, async (upkeep) => {
    requireRecords(upkeep);
    const { ledger, host } = upkeep;
    const generation = ledger.generations(1)[0]?.number;
    const health = await lookAtHealth(host, ledger);
    const seen = openGuardLog(host.files).figures(host.clock.now());
    figures = {
      ...seen,
      version,
      ...(generation !== undefined && { generation }),
      conditions: countStates(conditionsWith(ledger.conditions(), health.records)),
      services: health.processes.all.map(({ name, trouble }) => ({ name, isWell: trouble === undefined })),
      latest: { ...seen.latest, ...ledger.latestEvents() },
    };
    return 0;
  });
  return figures!;
}
