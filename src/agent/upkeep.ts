import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { hostBox } from "../bus/host-box.ts";
import { daemons } from "../daemons/index.ts";
import type { Ledger } from "../engine/ledger.ts";
import { renderContext } from "../engine/render.ts";
import { factsGatherer, type WebServer } from "../host/facts.ts";
import type { Host } from "../host/host.ts";
import type { Facts } from "../model/facts.ts";
import { UserError } from "../model/problem.ts";
import { hasSealed } from "../model/sealed.ts";
import { openDatabase } from "../store/database.ts";
import { type DesiredCopy, openDesiredCopy } from "../store/desired-copy.ts";
import type { Estate } from "../store/estate.ts";
import { openLedger } from "../store/ledger.ts";
import type { Records } from "../store/records.ts";
import { fleetingSecrets, secretsIn } from "../store/secrets.ts";
import { issuedLinks } from "./maintenance-links.ts";
import { programDigest } from "./program-digest.ts";
import { agentFile, boxFile, ledgerName, stateDirectory } from "./state.ts";

/** One machine with its records: what every command works on. */
export interface Upkeep {
  readonly host: Host;
  readonly estate: Estate;
  /** What should be here: the estate's records, or this host's copy of its share of them. */
  readonly records: Records;
  /** That copy, on a host whose estate is elsewhere. */
  readonly copy: DesiredCopy | undefined;
  readonly ledger: Ledger;
  readonly stateDirectory: string;
  /** Pages built by this command, by their digests; kept with the first record that speaks of them. */
  readonly pages: Map<string, string>;
  /** Whether the records could be read, and not just an empty stand-in. */
  readonly hasRecords: boolean;
  look(): Facts;
  context(facts: Facts): string;
  close(): Promise<void>;
}

/**
 * Opens this machine's records. `make`: create them if there are none. Otherwise an empty stand-in serves, so that a
 * plan can be made by anyone, anywhere, without leaving a trace.
 */
export async function openUpkeep(host: Host, { make }: { make: boolean }): Promise<Upkeep> {
  const files = ["estate.db", ledgerName].map((name) => join(stateDirectory, name));
  const isRoot = process.getuid?.() === 0;
  const isMember = host.files.stat(agentFile) !== undefined;
  const hasRecords = make || (isRoot && files.slice(isMember ? 1 : 0).every((file) => existsSync(file)));
  const open = (file: string) => (hasRecords ? openDatabase(file) : new DatabaseSync(":memory:"));
  const own = open(files[1]!);
  const ledger = openLedger(own);
  const copy = isMember ? openDesiredCopy(own, whenItHasSecrets(host)) : undefined;
  const estate = isMember
    ? elsewhere()
    : whenNeeded(async () => {
        const { openSqliteEstate } = await import("../store/sqlite.ts");
        const secrets = hasRecords ? secretsIn(join(stateDirectory, "estate.key")) : fleetingSecrets();
        return openSqliteEstate(open(files[0]!), secrets);
      });
  const gather = factsGatherer(host, daemons);
  const pages = new Map<string, string>();
  return {
    host,
    estate,
    records: copy ?? estate,
    copy,
    ledger,
    stateDirectory,
    pages,
    hasRecords,
    look: () =>
      gather({
        webServer: ledger.decision("web server") as WebServer | undefined,
        serving: (["apache2", "nginx"] as const).filter((name) => ledger.needs().has(name)),
        links: issuedLinks(ledger),
        pages,
      }),
    context: (facts) => renderContext(facts, programDigest()),
    async close() {
      await estate.close();
      own.close();
    },
  };
}

/** An estate that is opened with its first question: Kysely takes longer to load than many commands take. */
function whenNeeded(open: () => Promise<Estate>): Estate {
  let opened: Promise<Estate> | undefined;
  const ask =
    (method: keyof Estate) =>
    async (...args: unknown[]) => {
      if (method === "close" && !opened) return;
      opened ??= open();
      const estate = await opened;
      return (estate[method] as (...all: unknown[]) => Promise<unknown>).apply(estate, args);
    };
  // Not awaitable itself, though its methods are.
  return new Proxy({} as Estate, {
    get: (_target, method) => (method === "then" ? undefined : ask(method as keyof Estate)),
  });
}

/** What opens secrets that are for this host, once there is one to be opened. */
function whenItHasSecrets({ files }: Host): (spec: unknown) => unknown {
  let open: ((spec: unknown) => unknown) | undefined;
  return (spec) => {
    if (!hasSealed(spec)) return spec;
    const seed = files.read(boxFile);
    open ??= seed === undefined ? (value) => value : hostBox(seed.trim());
    return open(spec);
  };
}

/** The estate of a host whose control plane has it: nothing of it is known here but this host's share. */
const elsewhere = (): Estate =>
  new Proxy({} as Estate, {
    get: (_target, method) =>
      method === "then"
        ? undefined
        : async () => {
            if (method === "close") return;
            throw new UserError(
              `this machine belongs to an estate (${agentFile}), and its records are with the control plane; ask there, or start it here: systemctl start upkeep-server`,
            );
          },
  });

/** For commands that only make sense with records. */
export function requireRecords({ hasRecords }: Upkeep): void {
  if (hasRecords || process.getuid?.() === 0) return;
  throw new UserError(`the records in ${stateDirectory} are for root alone; run this as root`);
}
