import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { runAgent } from "../../src/agent/agent.ts";
import type { Upkeep } from "../../src/agent/upkeep.ts";
import type { AgentBus } from "../../src/bus/bus.ts";
import type { Access } from "../../src/bus/connect.ts";
import { openNatsAgentBus } from "../../src/bus/nats-agent.ts";
import { daemons } from "../../src/daemons/index.ts";
import { renderContext } from "../../src/engine/render.ts";
import { factsGatherer } from "../../src/host/facts.ts";
import type { Desired } from "../../src/model/desired.ts";
import { openDesiredCopy } from "../../src/store/desired-copy.ts";
import { openLedger } from "../../src/store/ledger.ts";
import { fakeHost } from "./fake-host.ts";

/*
 * Agents, as they are, on machines that are only memory: everything but the daemons. Argument: a file that says who they
 * are. Prints a line for each change of a measurement that reaches one.
 */

interface Plan {
  readonly access: Omit<Access, "seed">;
  readonly agents: readonly { readonly name: string; readonly seed: string }[];
}

const { access, agents } = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as Plan;

const machine = {
  "/usr/lib/os-release": 'ID=debian\nVERSION_ID="12"\n',
  "/var/lib/dpkg/status": "Package: apache2\nStatus: install ok installed\nVersion: 2.4.62-1\n\n",
  "/etc/passwd": "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/\nalice:x:1000:1000::/home/alice:/usr/sbin/nologin\n",
  "/etc/group": "root:x:0:\nwww-data:x:33:\nalice:x:1000:www-data\n",
  "/etc/upkeep/host.yaml": "agent: {everySeconds: 86400}\n",
};

function simulated(): Upkeep & { readonly copy: NonNullable<Upkeep["copy"]> } {
  const host = fakeHost(machine);
  const database = new DatabaseSync(":memory:");
  const copy = openDesiredCopy(database);
  const gather = factsGatherer(host, daemons);
  const pages = new Map<string, string>();
  return {
    host,
    copy,
    records: copy,
    estate: undefined as never,
    ledger: openLedger(database),
    stateDirectory: "/var/lib/upkeep",
    pages,
    hasRecords: true,
    look: () => gather({ webServer: "apache2", serving: ["apache2"], links: [], pages }),
    context: (facts) => renderContext(facts, "simulated"),
    close: async () => {},
  };
}

/** Tells when a change of the measurement has come, and been put on the disk. */
const watched = (bus: AgentBus): AgentBus => ({
  ...bus,
  watch: (take) =>
    bus.watch(async (entries) => {
      await take(entries);
      const at = Date.now();
      for (const round of entries.flatMap(roundOf)) process.stdout.write(`${JSON.stringify({ round, at })}\n`);
    }),
});

const roundOf = ({ resource }: Desired): string[] => {
  const { headers } = (resource?.spec ?? {}) as { headers?: Readonly<Record<string, string>> };
  return headers?.["X-Round"] === undefined ? [] : [headers["X-Round"]];
};

for (const { name, seed } of agents)
  runAgent(simulated(), watched(openNatsAgentBus(name, { ...access, seed })), () => {}, { isBooting: true });
// Until it is killed.
setInterval(() => {}, 60_000);
