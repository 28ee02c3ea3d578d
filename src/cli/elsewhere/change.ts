import type { Wanted } from "../../agent/changes.ts";
import { withPlaces } from "../../agent/changes.ts";
import { embedPages } from "../../agent/pages.ts";
import type { ApiClient } from "../../client/client.ts";
import type { Accepted, Change as ChangeOf, StatedResource } from "../../client/paths.ts";
import { localHost } from "../../host/local.ts";
import { rhythm } from "../../host/pace.ts";
import { UserError } from "../../model/problem.ts";
import { defaultSettings } from "../../model/settings.ts";
import type { ExitCode, Invocation } from "../command.ts";
import { finish, printAccepted, progressOf } from "../host-outcomes.ts";
import { loadResources } from "../load.ts";
import { toSend } from "../through-control.ts";
import { answer } from "./server.ts";

/* Changes of an estate whose control plane is elsewhere. */

/** What the paths state, and the same as the API takes it. */
export async function loadStated({
  positionals,
  options,
}: Invocation): Promise<{ wanted: readonly Wanted[]; change: Change }> {
  if (positionals.length === 0) throw new UserError("say what to apply: a file, a directory, or - for standard input");
  if (options.prune)
    throw new UserError("--prune goes by the files that a machine has applied before; run it on that machine");
  const { wanted } = loadResources(positionals, defaultSettings);
  return { wanted, change: await changeOf(wanted) };
}

type Change = Pick<ChangeOf, "pages"> & { state: StatedResource[] };

/** `seen`: the revision that the user has seen. */
export async function changeOf(wanted: readonly Wanted[], seen?: number): Promise<Change> {
  const pages = new Map<string, string>();
  const whole = await embedPages({ host: localHost, pages }, wanted);
  const state = whole.map((each) => ({ ...toSend(each).resource, ...(seen !== undefined && { revision: seen }) }));
  return { state: state as StatedResource[], ...(pages.size > 0 && { pages: Object.fromEntries(pages) }) };
}

/** Refusals say where in the user's files it stands what they are about. */
export const inPlace = <T>(wanted: readonly Wanted[], asked: Promise<T>): Promise<T> =>
  asked.catch((error: unknown) => {
    throw withPlaces(error, wanted);
  });

/** Milliseconds between two looks at how far it is, more and more of them up to the last. */
const [firstLook, lastLook] = [100, rhythm(1_000)];

/** Follows what has been accepted until every host is done with it, has failed, is held back or away. */
export async function follow(api: ApiClient, accepted: Accepted, invocation: Invocation): Promise<ExitCode> {
  if (invocation.options["no-wait"] === true && accepted.changed > 0) return printAccepted(accepted, invocation);
  const body = { refs: accepted.refs, hosts: accepted.hosts };
  for (let pause = firstLook; ; pause = Math.min(lastLook, 2 * pause)) {
    const all = await answer(api.POST("/v1/progress", { body }));
    if (all.every(({ state }) => state !== "waiting" && state !== "working"))
      return finish(accepted.changed, all, invocation);
    invocation.terminal.progress(progressOf(all, invocation.terminal));
    await localHost.clock.pause(pause);
  }
}
