import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadAll } from "js-yaml";
import type { ControlBus } from "../../bus/bus.ts";
import { ownServerName } from "../../bus/connect.ts";
import type { JoinToken } from "../../bus/joining.ts";
import { later } from "../../bus/later.ts";
import { MemoryBus } from "../../bus/memory.ts";
import { controlApi } from "../../control/api.ts";
import { readAuthority, readBusKeys } from "../../control/bus-keys.ts";
import { startControl } from "../../control/control.ts";
import type { Around } from "../../control/http/around.ts";
import { keepMailQuotas } from "../../control/mail-quotas.ts";
import { natsKeeper } from "../../control/nats-keeper.ts";
import { busUsers } from "../../control/nats-server.ts";
import { keepPasswords } from "../../control/people/password.ts";
import { type ServerSettings, serverDirectory, serverFile, serverSchema } from "../../control/settings.ts";
import { type Identification, listen, peerIdentification } from "../../control/socket.ts";
import { localHost } from "../../host/local.ts";
import { rhythm } from "../../host/pace.ts";
import { controlSocket } from "../../model/peer.ts";
import { UserError } from "../../model/problem.ts";
import type { HostKey } from "../../store/fleet-host.ts";
import type { Run } from "../command.ts";
import { untilTold } from "../until-told.ts";

export const run: Run = async ({ options, terminal }) => {
  const settings = settingsWith(options);
  const log = (text: string) => terminal.remark(`upkeep serve: ${text}`);
  const database = await openDatabase(settings, log);
  // What the bus needs to let us in has to be there before we ask.
  const keep = settings.nats && natsKeeper(localHost, settings.nats);
  keep?.(await database.fleet.keys());
  const { bus, local } = await openBus(settings, log);
  const control = startControl(database, bus, { now: Date.now, log, ...(keep && { keep }) });
  const runtime = process.env.RUNTIME_DIRECTORY ?? dirname(controlSocket);
  const { challenge, identify } = peerIdentification(join(runtime, "peers"));
  const around = { ...database, control, passwords: keepPasswords(), now: Date.now, log };
  const forOperators = await operatorsApi(settings, around, identify);
  const app = controlApi(control, {
    challenge,
    identify,
    forOperators,
    ...(local && { local }),
    ...busOf(settings),
    now: Date.now,
  });
  mkdirSync(dirname(controlSocket), { recursive: true });
  const server = await listen(app, controlSocket, groupNamed("upkeep"));
  log(`listens at ${controlSocket}`);
  const closeWeb = await openWeb(settings, around);
  const quotas = keepMailQuotas(around);
  await untilTold();
  log("stops");
  closeWeb();
  quotas.stop();
  server.close();
  server.closeAllConnections();
  await control.close();
  return 0;
};

/** What browsers ask, for whoever may open the socket: by it the first account is made, and a lost one is found again. */
async function operatorsApi(
  settings: ServerSettings,
  around: Omit<Around, "origin" | "providers">,
  identify: Identification["identify"],
) {
  const { web } = settings;
  const { httpApi } = await import("../../control/http/app.ts");
  const { originOf } = await import("../../control/http/door.ts");
  const origin = web === false ? "https://localhost" : originOf(web);
  const { joining } = busOf(settings);
  const api = httpApi(
    { ...around, origin, providers: [] },
    {
      joining,
      identified: async (context) => {
        const { name } = await identify(context);
        return { user: undefined, name, isOperator: true, tenants: {} };
      },
    },
  );
  return (request: Request, env: object) => api.fetch(request, env as never);
}

/** Where its port is taken, commands here and hosts are served all the same. */
async function openWeb(settings: ServerSettings, around: Omit<Around, "origin" | "providers">): Promise<() => void> {
  const { web } = settings;
  if (web === false) return () => {};
  const { openWebDoor } = await import("../../control/http/door.ts");
  const { joining } = busOf(settings);
  return openWebDoor(localHost, around, { web, mail: settings.mail, joining }).catch((error: Error) => {
    around.log(`has no door for browsers: ${error.message}`);
    return () => {};
  });
}

function settingsWith(options: Readonly<Record<string, string | boolean | undefined>>): ServerSettings {
  const text = existsSync(serverFile) ? readFileSync(serverFile, "utf8") : "";
  const stated = (text.trim() === "" ? {} : (loadAll(text)[0] ?? {})) as Record<string, unknown>;
  const result = serverSchema.safeParse({
    ...stated,
    ...(options.database !== undefined && { database: options.database }),
    ...(options.bus !== undefined && {
      bus: { ...(stated.bus as object | undefined), servers: String(options.bus).split(",") },
    }),
  });
  if (result.success) return result.data;
  throw new UserError(
    result.error.issues.map(({ path, message }) => ({ message: [serverFile, path.join("."), message].join(": ") })),
  );
}

/** Milliseconds that a database may take to be there. */
const patience = 600_000;

/** Milliseconds until it is asked again. */
const again = rhythm(1_000);

async function openDatabase({ database }: ServerSettings, log: (text: string) => void) {
  const { secretsIn } = await import("../../store/secrets.ts");
  const secrets = secretsIn(join(serverDirectory, "estate.key"));
  if (database === undefined) {
    const { openSqliteFleet } = await import("../../store/sqlite.ts");
    return openSqliteFleet(join(serverDirectory, "estate.db"), secrets);
  }
  const { openPostgresEstate } = await import("../../store/postgres.ts");
  const deadline = performance.now() + patience;
  for (let isSaid = false; ; isSaid = true) {
    try {
      return await openPostgresEstate(database, secrets);
    } catch (error) {
      if (!isSaid) log(`waits for the database: ${(error as Error).message}`);
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, again));
    }
  }
}

/** What else the door has to know where there is a bus. */
function busOf({ bus, nats }: ServerSettings): {
  readonly joining?: Omit<JoinToken, "host" | "secret">;
  readonly users?: (hosts: readonly HostKey[]) => readonly object[];
} {
  if (!bus && !nats) return {};
  const keys = readBusKeys(localHost);
  const joining = {
    password: keys.joinPassword,
    ...(nats
      ? { servers: nats.advertise, authority: readAuthority(localHost), serverName: ownServerName }
      : { servers: bus!.servers, ...authorityIn(bus!) }),
  };
  return { joining, users: (hosts: readonly HostKey[]) => busUsers({ ...keys, hosts }) };
}

const authorityIn = ({ authorityFile }: NonNullable<ServerSettings["bus"]>) =>
  authorityFile === undefined ? {} : { authority: readFileSync(authorityFile, "utf8") };

async function openBus(
  { bus, nats }: ServerSettings,
  log: (text: string) => void,
): Promise<{ bus: ControlBus; local?: MemoryBus }> {
  if (nats) {
    const { openNatsControlBus } = await import("../../bus/nats-control.ts");
    const { controlSeed: seed } = readBusKeys(localHost);
    const authority = readAuthority(localHost);
    const own = `tls://127.0.0.1:${nats.listen.slice(nats.listen.lastIndexOf(":") + 1)}`;
    const access = { servers: [own, ...nats.advertise], seed, authority, serverName: ownServerName };
    return { bus: later(openNatsControlBus(access, { replicas: nats.replicas, log })) };
  }
  if (!bus) {
    const local = new MemoryBus();
    return { bus: local, local };
  }
  const { openNatsControlBus } = await import("../../bus/nats-control.ts");
  const access = { servers: bus.servers, seed: readBusKeys(localHost).controlSeed, ...authorityIn(bus) };
  return { bus: later(openNatsControlBus(access, { replicas: bus.replicas, log })) };
}

function groupNamed(name: string): number {
  const line = readFileSync("/etc/group", "utf8")
    .split("\n")
    .find((each) => each.startsWith(`${name}:`));
  return Number(line?.split(":")[2] ?? 0);
}
