import { existsSync, readFileSync } from "node:fs";
import { apply } from "../../agent/apply.ts";
import { intendRemoval } from "../../agent/changes.ts";
import { askGuard } from "../../agent/guard-door.ts";
import { type Allowed, allowedKeys, intendRevocation, revokedKey, revokedKeyRef } from "../../agent/keys.ts";
import { localHost } from "../../host/local.ts";
import { type Attempt, fingerprint as fingerprintSchema, type Outcome } from "../../model/key.ts";
import { defaultStrategy } from "../../model/placement.ts";
import { UserError } from "../../model/problem.ts";
import { bansFile } from "../../store/bans.ts";
import { openDatabase } from "../../store/database.ts";
import type { ObservedOnHost } from "../../store/happenings.ts";
import { type KeyUse, keyUseSchema, openKeys } from "../../store/keys.ts";
import { readAuthorizedKeys } from "../../watches/keys/authorized-keys.ts";
import type { ExitCode, Invocation, Run, Style, Terminal } from "../command.ts";
import { type ControlPlane, controlPlane } from "../control-plane.ts";
import { warnOfFailing } from "../health-words.ts";
import { finish, watcherFor } from "../outcome.ts";
import { refuseHost } from "../refuse-host.ts";
import { requireRoot } from "../require-root.ts";
import { throughGuards } from "../through-guards.ts";
import { ago, localTime } from "../time.ts";
import { withUpkeep } from "../with-upkeep.ts";
import { limitOf } from "./history.ts";

export const run: Run = async (invocation) => {
  const [verb = "seen", given] = invocation.positionals;
  requireRoot(`keys ${verb}`, invocation);
  const action = actions[verb];
  if (!action) throw new UserError(`say \`upkeep keys seen\`, who, revoke or restore, not "${verb}"`);
  return action(invocation, await controlPlane(invocation), given);
};

type Action = (invocation: Invocation, plane: ControlPlane | undefined, given: string | undefined) => Promise<ExitCode>;

const actions: Readonly<Record<string, Action>> = { seen, who, revoke, restore };

/** How a key and an account have got along; nothing: on this machine. */
type Use = KeyUse & { readonly host?: string };

async function seen(invocation: Invocation, plane: ControlPlane | undefined): Promise<ExitCode> {
  const { options, json, terminal } = invocation;
  const limit = limitOf(options);
  if (options.all === true) {
    if (plane) throw new UserError("--all is for a host by itself; sign in there");
    const attempts = ofGuard(({ attempts: of }) =>
      of({ limit, ...(options.user !== undefined && { user: String(options.user) }) }),
    );
    if (json) terminal.print(JSON.stringify(attempts, undefined, 2));
    else for (const attempt of attempts.toReversed()) printAttempt(attempt, terminal);
    return 0;
  }
  const all = await uses(invocation, plane);
  const isFailing = await warnOfFailing(["KeyWatch", "RevokedKey"], plane, terminal);
  const some = all.filter(({ user }) => options.user === undefined || user === options.user).slice(0, limit);
  if (json) terminal.print(JSON.stringify(some, undefined, 2));
  else if (some.length === 0)
    terminal.print(
      isFailing
        ? "No key has been seen; whether there was one is not known."
        : "No key has been seen yet. A resource of kind KeyWatch has them noted: see `upkeep explain KeyWatch`.",
    );
  else for (const use of some.toReversed()) printUse(use, terminal);
  return 0;
}

async function who(
  invocation: Invocation,
  plane: ControlPlane | undefined,
  given: string | undefined,
): Promise<ExitCode> {
  const { json, terminal } = invocation;
  const fingerprint = fingerprintFrom(given, "who");
  const known = (await uses(invocation, plane)).filter((use) => use.fingerprint === fingerprint);
  let allowed: readonly Allowed[] = [];
  if (!plane)
    await withUpkeep({ make: false }, async (upkeep) => {
      allowed = allowedKeys(upkeep).filter((each) => each.fingerprint === fingerprint);
      return 0;
    });
  if (json) terminal.print(JSON.stringify({ fingerprint, allowed, seen: known }, undefined, 2));
  else {
    terminal.print(terminal.style("bold", fingerprint));
    for (const { user, found, options, comment } of allowed)
      terminal.print(`lets in ${user}  ${terminal.style("dim", `${found}${options && `  ${options}`}`)}  ${comment}`);
    for (const use of known) printUse(use, terminal);
    if (allowed.length + known.length === 0) terminal.print("Nobody here has this key, and nobody has shown it.");
  }
  return allowed.length + known.length > 0 ? 0 : 1;
}

async function revoke(
  invocation: Invocation,
  plane: ControlPlane | undefined,
  given: string | undefined,
): Promise<ExitCode> {
  const fingerprint = fingerprintFrom(given, "revoke");
  const reason = String(invocation.options.reason ?? "");
  if (plane) {
    const hosts = { labels: {} };
    // It must not wait for anybody, and no host has to be right for another.
    const strategy = { ...defaultStrategy, batch: "100%", stopOn: "never" } as const;
    return plane.state([{ ...revokedKey(fingerprint, reason), placement: { hosts, strategy } }]);
  }
  refuseHost(invocation);
  return withUpkeep({ make: true }, async (upkeep) => {
    const intend = () => intendRevocation(upkeep, fingerprint, reason);
    const exitCode = finish(await apply(upkeep, invocation.typed, intend, watcherFor(invocation)), invocation);
    if (exitCode === 0) await askGuard(localHost, { is: "look" });
    return exitCode;
  });
}

async function restore(
  invocation: Invocation,
  plane: ControlPlane | undefined,
  given: string | undefined,
): Promise<ExitCode> {
  const fingerprint = fingerprintFrom(given, "restore");
  const ref = revokedKeyRef(fingerprint);
  const { terminal, typed } = invocation;
  if (plane) {
    const deleted = (await plane.records.get(ref)) ? await plane.remove([ref]) : 0;
    const asked = await throughGuards(plane, [{ is: "restore", fingerprint }], invocation, (_, wasSo) =>
      wasSo ? "takes it again" : "had not revoked it by itself",
    );
    return deleted === 0 ? asked : deleted;
  }
  return withUpkeep({ make: true }, async (upkeep) => {
    const stated = await upkeep.records.get(ref);
    if (stated) {
      const removed = await apply(upkeep, typed, async () => intendRemoval([ref]), watcherFor(invocation));
      const exitCode = finish(removed, invocation);
      if (exitCode !== 0) return exitCode;
    }
    const wasSo = await askGuard<boolean>(localHost, { is: "restore", fingerprint }).catch((error: unknown) => {
      if (!stated) throw error;
      return false;
    });
    // Until sshd is told what is stated.
    if (stated) await askGuard(localHost, { is: "look" }).catch(() => {});
    terminal.print(stated || wasSo ? `${fingerprint} is good again.` : `${fingerprint} was not revoked.`);
    return 0;
  });
}

function ofGuard<T>(read: (keys: ReturnType<typeof openKeys>) => readonly T[]): readonly T[] {
  if (!existsSync(bansFile)) return [];
  const database = openDatabase(bansFile, { readOnly: true });
  try {
    return read(openKeys(database, { readOnly: true }));
  } finally {
    database.close();
  }
}

/** Newest first. */
async function uses(invocation: Invocation, plane: ControlPlane | undefined): Promise<readonly Use[]> {
  const { host } = invocation.options;
  if (!plane) {
    refuseHost(invocation);
    return ofGuard((keys) => keys.uses());
  }
  const query = host === undefined ? "" : `?host=${encodeURIComponent(String(host))}`;
  return (await plane.api.get<ObservedOnHost[]>(`/v1/keys${query}`))
    .flatMap(({ host, value }): Use[] => {
      // Whatever a host says of its keys, here they are keys.
      const { data } = keyUseSchema.safeParse(value);
      return data ? [{ ...data, host }] : [];
    })
    .sort((one, other) => other.last - one.last);
}

/** As it is, or of a key's public file. */
function fingerprintFrom(given: string | undefined, verb: string): string {
  if (given === undefined) throw new UserError(`say which: upkeep keys ${verb} SHA256:... or KEY.pub`);
  if (fingerprintSchema.safeParse(given).success) return given;
  if (given.startsWith("SHA256:")) throw new UserError(`${given} is no fingerprint; ssh-keygen -lf KEY.pub prints it`);
  if (!existsSync(given)) throw new UserError(`${given} is neither a fingerprint (SHA256:...) nor a file`);
  const [key, ...others] = readAuthorizedKeys(readFileSync(given, "utf8"));
  if (!key) throw new UserError(`${given} has no public key in it; name the one that ends in .pub`);
  if (others.length > 0) throw new UserError(`${given} has several keys in it; say which by its fingerprint`);
  return key.fingerprint;
}

const colours: Readonly<Record<Outcome, Style>> = {
  accepted: "green",
  offered: "yellow",
  forbidden: "red",
  revoked: "red",
  expired: "yellow",
  refused: "yellow",
  unknown: "dim",
};

function printUse(
  { host, user, fingerprint, comment, last, address, outcome, accepted, refused }: Use,
  { print, style }: Terminal,
) {
  const whose = comment === undefined ? "" : `  ${comment}`;
  const counts = [`${accepted} times in`, ...(refused > 0 ? [`${refused} times not`] : [])].join(", ");
  print(
    `${host === undefined ? "" : `${host}  `}${style("bold", user)}  ${fingerprint}${whose}\n  ${style(colours[outcome], outcome)} from ${address} ${ago(last)}${style("dim", `  ${counts}`)}`,
  );
}

function printAttempt({ at, user, fingerprint, comment, address, outcome }: Attempt, { print, style }: Terminal) {
  print(
    `${localTime(at)}  ${style(colours[outcome], outcome.padEnd(9))}  ${user} from ${address}  ${fingerprint}${comment === undefined ? "" : `  ${comment}`}`,
  );
}
