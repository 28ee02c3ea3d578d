import type { Host } from "../host/host.ts";
import { askAtDoor } from "../host/local-door.ts";
import { lookAtOwnProcesses } from "../host/own-processes.ts";
import type { RecordHealth } from "../model/health.ts";
import { guardDoor } from "./sharing.ts";

/** Milliseconds that the guard may take to answer. */
const patience = 2_000;

export const guardService = "upkeep-watches";

/** What the guard says; `undefined` where none answers. */
export const askHealth = (host: Pick<Host, "files">): Promise<readonly RecordHealth[] | undefined> =>
  askOnce(host, { is: "health" });

/** Asks the guard once, and waits for no other; `undefined` where it does not answer in time. */
export async function askOnce<T>({ files }: Pick<Host, "files">, asked: object): Promise<T | undefined> {
  if (!files.stat(guardDoor)) return undefined;
  let answered: { answer?: T } | undefined;
  const hear = (answer: unknown) => (answered = answer as typeof answered);
  await askAtDoor(guardDoor, asked, hear, AbortSignal.timeout(patience)).catch(() => {});
  return answered?.answer;
}

/** Why the guard does not run, if that is known. */
export async function lookAtGuard(host: Host): Promise<string | undefined> {
  const { all } = await lookAtOwnProcesses(host, () => []);
  const trouble = all.find(({ name }) => name === guardService)?.trouble;
  return trouble === undefined ? undefined : `what watches this machine (${guardService}) ${trouble}`;
}
