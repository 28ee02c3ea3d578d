import { readFollowing } from "../../host/certificates.ts";
import { crontabOf, setCrontab } from "../../host/crontab.ts";
import { connectionsTo } from "../../host/unix-sockets.ts";
import type { Site } from "../../kinds/site/layout.ts";
import { type CertificateFiles, type MoveOrder, moveOrder } from "../../model/move.ts";
import { UserError } from "../../model/problem.ts";
import type { Upkeep } from "../upkeep.ts";
import { answersSince } from "./answers.ts";
import { describeDatabase, moveAccount, portOf } from "./databases.ts";
import { closeDoor, type Move, openDoor, readMove } from "./door.ts";
import { look, siteOf } from "./look.ts";
import { state } from "./records.ts";

export interface Asker {
  /** Whose key it is that has let them in; nothing: whoever may do everything here. */
  readonly move?: Move;
  /** From which address they come to which, if from elsewhere. */
  readonly connection?: { readonly from: string; readonly to: string };
}

/** Does what it takes here to move sites, and says what came of it. */
export async function obey(upkeep: Upkeep, text: string, asker: Asker): Promise<unknown> {
  const result = moveOrder.safeParse(JSON.parse(text));
  if (!result.success) throw new UserError(`this version of Upkeep does not understand the order ${text.slice(0, 80)}`);
  const order = result.data;
  const forbidden = asker.move && beyond(asker.move, order);
  if (forbidden) throw new UserError(`the key of ${asker.move!.move} is not for ${forbidden}`);
  const { host } = upkeep;
  switch (order.do) {
    case "look":
      return { ...(await look(upkeep, order.sites)), ...(asker.connection && { connection: asker.connection }) };
    case "open": {
      const sites = await sitesOf(upkeep, order.sites);
      const dialects = [...new Set(order.databases.map(({ dialect }) => dialect))];
      const ports = await Promise.all(dialects.map((dialect) => portOf(host, dialect)));
      const move: Move = {
        move: order.move,
        sites: Object.fromEntries(sites.map(({ name, directory }) => [name, directory])),
        users: sites.map(({ user }) => user),
        databases: order.databases,
      };
      openDoor(host.files, move, {
        key: order.key,
        from: asker.connection?.from,
        program: upkeep.look().program,
        ports,
      });
      return {};
    }
    case "close":
      closeDoor(host.files, order.move);
      return {};
    case "state":
      return state(upkeep, order.records, { cause: "a move of sites", before: order.before });
    case "certificate":
      return certificateOf(upkeep, order.site);
    case "drain":
      return { open: await drain(upkeep, await sitesOf(upkeep, order.sites), order.seconds), now: host.clock.now() };
    case "crontab": {
      const former = await crontabOf(host, order.user);
      await setCrontab(host, order.user, order.text ?? undefined);
      return { former: former ?? null };
    }
    case "describe":
      return describeDatabase(host, order.dialect, order.name);
    case "account": {
      const names = readMove(host.files, order.move)?.databases ?? [];
      const own = names.filter(({ dialect }) => dialect === order.dialect).map(({ name }) => name);
      await moveAccount(host, order.move, order.dialect, own, order.password);
      return {};
    }
    case "answers":
      return {
        counts: answersSince(host, await sitesOf(upkeep, order.sites), host.clock.now() - order.within),
        now: host.clock.now(),
      };
    case "stated": {
      const found = await upkeep.records.find(order.sites.map((name) => `Site/${name}` as const));
      return { sites: Object.fromEntries([...found.values()].map(({ name, spec }) => [name, spec])) };
    }
  }
}

/** What an order asks for that its key is not good for. */
function beyond(move: Move, order: MoveOrder): string | undefined {
  const others = (names: readonly string[]) => names.find((name) => !(name in move.sites));
  switch (order.do) {
    case "open":
      return "other keys";
    case "look":
      return order.sites === "all" ? "all sites" : others(order.sites);
    case "certificate":
      return others([order.site]);
    case "drain":
    case "stated":
    case "answers":
      return others(order.sites);
    case "state":
      return order.records
        .filter(
          ({ kind, name }) =>
            !(kind === "Site" && name in move.sites) && !(kind === "Maintenance" && name === move.move),
        )
        .map(({ kind, name }) => `${kind}/${name}`)[0];
    case "crontab":
      return move.users.includes(order.user) ? undefined : `the crontab of ${order.user}`;
    case "describe":
      return move.databases.some(({ dialect, name }) => dialect === order.dialect && name === order.name)
        ? undefined
        : `the database ${order.name}`;
    case "account":
    case "close":
      return order.move === move.move ? undefined : order.move;
  }
}

async function certificateOf(upkeep: Upkeep, name: string): Promise<CertificateFiles> {
  const [site] = await sitesOf(upkeep, [name]);
  const { tls } = site!.spec;
  if (!tls) throw new UserError(`${name} has no certificate`);
  const read = (path: string) => readFollowing(path) ?? "";
  return { certificate: read(tls.certificate), key: read(tls.key) };
}

async function sitesOf({ records, look: facts }: Upkeep, names: readonly string[]): Promise<Site[]> {
  const found = await records.find(names.map((name) => `Site/${name}` as const));
  const missing = names.find((name) => !found.has(`Site/${name}`));
  if (missing !== undefined) throw new UserError(`there is no site ${missing} here`);
  const seen = facts();
  return [...found.values()].map((record) => siteOf(record, seen));
}

/** Milliseconds between looks. */
const glance = 20;

/** Waits until nobody works on a request for these sites; says how many still are when the time is up. */
async function drain({ host }: Upkeep, sites: readonly Site[], seconds: number): Promise<number> {
  const sockets = sites.flatMap(({ spec, phpSocket, cgiSocket }) => [
    ...(spec.php ? [phpSocket] : []),
    ...(spec.cgi ? [cgiSocket] : []),
  ]);
  const end = host.clock.now() + seconds * 1_000;
  // A request that was let in just before has not reached its program yet: quiet is what is quiet twice.
  for (let quiet = 0; ; ) {
    const open = sockets.reduce((sum, socket) => sum + connectionsTo(host, socket), 0);
    quiet = open === 0 ? quiet + 1 : 0;
    if (quiet === 3) return 0;
    if (host.clock.now() >= end) return open;
    await host.clock.pause(glance);
  }
}
