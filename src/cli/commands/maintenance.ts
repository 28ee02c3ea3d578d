import { apply, type Result } from "../../agent/apply.ts";
import { openDoors } from "../../agent/doors.ts";
import {
  type Adjustment,
  arrangeAlarm,
  intendAll,
  intendSwitch,
  isAbout,
  type MaintenanceState,
  maintenanceNamed,
  maintenances,
  makeLinks,
  tellAgain,
} from "../../agent/maintenance.ts";
import { revokeLinks } from "../../agent/maintenance-links.ts";
import { requireRecords, type Upkeep } from "../../agent/upkeep.ts";
import type { Linked } from "../../control/linking.ts";
import { localHost } from "../../host/local.ts";
import { rhythm } from "../../host/pace.ts";
import type { MaintenanceLink } from "../../model/facts.ts";
import { UserError } from "../../model/problem.ts";
import type { ExitCode, Invocation, Run } from "../command.ts";
import { type ControlPlane, controlPlane } from "../control-plane.ts";
import { finish, watcherFor } from "../outcome.ts";
import { requireRoot } from "../require-root.ts";
import { durationOf, localTime, timeOf } from "../time.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = async (invocation) => {
  const [verb = "status", ...names] = invocation.positionals;
  const plane = ["on", "off", "status", "link"].includes(verb) ? await controlPlane(invocation) : undefined;
  if (plane) return through(plane, verb, names, invocation);
  const action = actions[verb];
  if (!action) throw new UserError(`say \`upkeep maintenance on\`, off, status or link, not "${verb}"`);
  if (verb !== "status") requireRoot(`maintenance ${verb}`, invocation);
  return withUpkeep({ make: verb !== "status" }, (upkeep) => action(upkeep, names, invocation));
};

type Adjust = (spec: Readonly<Record<string, unknown>>, now: number) => Adjustment;

type Action = (upkeep: Upkeep, names: readonly string[], invocation: Invocation) => Promise<ExitCode>;

const actions: Readonly<Record<string, Action>> = { on, off, status, link, settle };

async function on(upkeep: Upkeep, names: readonly string[], invocation: Invocation): Promise<ExitCode> {
  return change(upkeep, names, switchingOn(names, invocation), true, invocation);
}

/** What `on` and its options change in a record. */
function switchingOn(names: readonly string[], { options }: Invocation): Adjust {
  if (names.length === 0) throw new UserError("say which: upkeep maintenance on NAME or SITE");
  if (options.for !== undefined && options.until !== undefined) throw new UserError("say either --for or --until");
  const end = (now: number): string | undefined =>
    typeof options.for === "string"
      ? new Date(now + durationOf(options.for)).toISOString()
      : typeof options.until === "string"
        ? timeOf(options.until, now)
        : undefined;
  return ({ until }, now) => {
    const wanted = end(now);
    if (wanted !== undefined && Date.parse(wanted) <= now) throw new UserError(`${wanted} is over already`);
    const isOver = typeof until === "string" && Date.parse(until) <= now;
    return {
      active: true,
      from: null,
      ...(wanted !== undefined ? { until: wanted } : isOver ? { until: null } : {}),
      ...(typeof options.message === "string" && { message: options.message }),
      ...(options.secret === true && { secret: true }),
    };
  };
}

function off(upkeep: Upkeep, names: readonly string[], invocation: Invocation): Promise<ExitCode> {
  if (names.length === 0) throw new UserError("say which: upkeep maintenance off NAME or SITE");
  return change(upkeep, names, () => ({ active: false }), false, invocation);
}

async function change(
  upkeep: Upkeep,
  names: readonly string[],
  adjust: Adjust,
  make: boolean,
  invocation: Invocation,
): Promise<ExitCode> {
  const result = await apply(
    upkeep,
    invocation.typed,
    () => intendSwitch(upkeep, names, adjust, { make }),
    quietly(invocation),
  );
  if (invocation.json || !isSmooth(result)) return finish(result, invocation);
  invocation.terminal.progress(undefined);
  const targets = new Set(result.draft.targets.map(({ ref }) => ref));
  for (const each of await maintenances(upkeep)) if (targets.has(`Maintenance/${each.name}`)) print(each, invocation);
  if (result.draft.plan.reloads.length > 0)
    invocation.terminal.remark(
      `${result.draft.plan.reloads.join(", ")} reloaded once to have this switch; from now on it moves without.`,
    );
  return 0;
}

const isSmooth = ({ draft, outcome }: Result): boolean =>
  outcome.takenBack === undefined && outcome.quarantined.size === 0 && draft.plan.refused.length === 0;

/** A switch says what it did, not which files that took. */
const quietly = (invocation: Invocation) => ({ ...watcherFor(invocation), planned: () => {} });

/** The same, carried out by the control plane on every host that it concerns. */
async function through(
  plane: ControlPlane,
  verb: string,
  names: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  const upkeep = { records: plane.records, host: localHost };
  if (verb === "status") return show(await maintenances(upkeep), names, invocation);
  if (verb === "link") return linkThrough(plane, upkeep, names, invocation);
  if (names.length === 0) throw new UserError(`say which: upkeep maintenance ${verb} NAME or SITE`);
  const isOn = verb === "on";
  const adjust = isOn ? switchingOn(names, invocation) : () => ({ active: false });
  const { writes } = await intendSwitch(upkeep, names, adjust, { make: isOn });
  return plane.state(
    writes.map(({ resource }) => resource!),
    writes.map(({ source }) => source),
  );
}

async function status(upkeep: Upkeep, names: readonly string[], invocation: Invocation): Promise<ExitCode> {
  requireRecords(upkeep);
  return show(await maintenances(upkeep), names, invocation);
}

function show(all: readonly MaintenanceState[], names: readonly string[], { json, terminal }: Invocation): ExitCode {
  const means = (asked: string, { name, spec }: MaintenanceState) =>
    all.some((each) => each.name === asked) ? name === asked : isAbout(spec.sites, asked);
  const shown = all.filter((each) => names.length === 0 || names.some((asked) => means(asked, each)));
  if (names.length > 0 && shown.length === 0) throw new UserError(`there is no maintenance about ${names.join(", ")}`);
  if (json) {
    const values = shown.map(({ name, spec, on: isOn, next, links }) => ({
      name,
      on: isOn,
      sites: spec.sites ?? "all",
      ...(spec.server && { server: spec.server }),
      from: spec.from ?? null,
      until: spec.until ?? null,
      next: next === undefined ? null : new Date(next).toISOString(),
      message: spec.message ?? null,
      links: links.length,
    }));
    terminal.print(JSON.stringify(values, undefined, 2));
    return 0;
  }
  if (shown.length === 0) terminal.print("No maintenance. Begin one with: upkeep maintenance on SITE");
  for (const each of shown) print(each, { terminal });
  return 0;
}

/** `on   relaunch  shop.example.com, *.example.org  until 2026-11-21 14:00 UTC` */
function print(
  { name, spec, on: isOn, next, links }: MaintenanceState,
  { terminal }: Pick<Invocation, "terminal">,
): void {
  const { style } = terminal;
  const sites = spec.sites === undefined || spec.sites === "all" ? "all sites" : brief(spec.sites);
  const about = sites === name ? "" : `  ${sites}`;
  const where = spec.server ? ` on ${spec.server}` : "";
  const when = next === undefined ? "" : `  ${isOn ? "until" : "from"} ${localTime(next)}`;
  const guests = links.length === 0 ? "" : `  ${links.length} link${links.length === 1 ? "" : "s"}`;
  terminal.print(
    `${isOn ? style("yellow", "on ") : style("green", "off")}  ${style("bold", name)}${about}${where}${when}${guests}`,
  );
}

const brief = (sites: readonly string[]): string =>
  sites.length <= 3 ? sites.join(", ") : `${sites.slice(0, 3).join(", ")} and ${sites.length - 3} more`;

async function link(upkeep: Upkeep, names: readonly string[], invocation: Invocation): Promise<ExitCode> {
  const { name, site, revoke } = linkWanted(names, invocation);
  if (revoke) revokeLinks(upkeep.ledger, (await maintenanceNamed(upkeep, name)).name);
  const links = revoke ? [] : await makeLinks(upkeep, name, { site });
  const result = await apply(
    upkeep,
    invocation.typed,
    () => (upkeep.copy ? intendAll(upkeep) : intendSwitch(upkeep, [name], () => ({}), { make: false })),
    quietly(invocation),
  );
  if (!isSmooth(result)) return finish(result, invocation);
  await openDoors(upkeep, links);
  showLinks(name, links, revoke, invocation);
  return 0;
}

function linkWanted([name, site]: readonly string[], { options }: Invocation) {
  if (name === undefined) throw new UserError("say which: upkeep maintenance link NAME [SITE]");
  return { name, site, revoke: options.revoke === true };
}

/** The same on every host of the maintenance. */
async function linkThrough(
  { api }: ControlPlane,
  upkeep: Pick<Upkeep, "records">,
  names: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  const { name, site, revoke } = linkWanted(names, invocation);
  const { name: maintenance } = await maintenanceNamed(upkeep, name);
  const asks = { ...(site !== undefined && { site }), ...(revoke && { revoke }) };
  const path = `/v1/maintenance/${encodeURIComponent(maintenance)}/links`;
  const { links, problems } = await api.post<Linked>(path, asks);
  showLinks(name, links, revoke, invocation);
  for (const { problem } of problems)
    invocation.terminal.remark(`${problem}: there ${revoke ? "links are still good" : "this link lets nobody in"}`);
  return problems.length > 0 ? 1 : 0;
}

function showLinks(
  name: string,
  links: readonly Pick<MaintenanceLink, "site" | "token" | "ends">[],
  revoked: boolean,
  { json, terminal }: Invocation,
): void {
  terminal.progress(undefined);
  const shown = links.map((each) => ({ site: each.site, address: addressOf(each.site, each.token), ends: each.ends }));
  if (json)
    terminal.print(
      JSON.stringify(
        shown.map((each) => ({ ...each, ends: new Date(each.ends).toISOString() })),
        undefined,
        2,
      ),
    );
  else if (revoked) terminal.print(`No link of ${name} is good any more.`);
  else for (const { address, ends } of shown) terminal.print(`${address}\n  once, until ${localTime(ends)}`);
}

/** Of a pattern, the part that everyone has to put a name before. */
const addressOf = (site: string, token: string): string =>
  `https://${site === "all" ? "SITE" : site.replace("*.", "SITE.")}/.maintenance/${token}`;

/** For the alarm and at boot: puts every switch where it belongs by now. */
async function settle(upkeep: Upkeep, _names: readonly string[], invocation: Invocation): Promise<ExitCode> {
  const { at, boot } = invocation.options;
  const isBooting = boot === true;
  if (typeof at === "string") return settleLater(upkeep, Date.parse(at));
  const result = await apply(upkeep, invocation.typed, () => intendAll(upkeep), quietly(invocation), { isBooting });
  if (isBooting) await tellAgain(upkeep);
  await arrangeAlarm(upkeep, { anew: true });
  return isSmooth(result) ? 0 : finish(result, invocation);
}

/** Milliseconds between two looks at the clock, which may be put on meanwhile. */
const glance = rhythm(10_000);

/** Where nothing else waits for us. Upkeep may be another by then, so it is started anew. */
async function settleLater({ host, look }: Upkeep, at: number): Promise<ExitCode> {
  for (let rest = at - Date.now(); rest > 0; rest = at - Date.now()) await host.clock.pause(Math.min(rest, glance));
  const { code } = await host.processes.run([look().program, "maintenance", "settle"]);
  return code === 0 ? 0 : 1;
}
