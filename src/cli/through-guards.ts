import type { GuardAnswer } from "../control/asking.ts";
import type { GuardAsks } from "../model/report.ts";
import type { ExitCode, Invocation } from "./command.ts";
import type { ControlPlane } from "./control-plane.ts";

/** Has the guards of all hosts do something, or that of one (`--host`), and says what came of it. */
export async function throughGuards(
  { api }: ControlPlane,
  all: readonly GuardAsks[],
  { options, json, terminal }: Invocation,
  says: (asks: GuardAsks, wasSo: boolean) => string,
): Promise<ExitCode> {
  const host = options.host === undefined ? {} : { host: String(options.host) };
  const asked = [];
  for (const asks of all)
    asked.push({ asks, answers: await api.post<readonly GuardAnswer[]>("/v1/guard", { asks, ...host }) });
  if (json) terminal.print(JSON.stringify(asked, undefined, 2));
  else
    for (const { asks, answers } of asked)
      for (const { host, wasSo, problem } of answers)
        terminal.print(`${host}: ${wasSo === undefined ? terminal.style("yellow", problem ?? "") : says(asks, wasSo)}`);
  return asked.every(({ answers }) => answers.some(({ wasSo }) => wasSo !== undefined)) ? 0 : 1;
}
