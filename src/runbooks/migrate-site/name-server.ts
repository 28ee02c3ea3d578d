import type { Host } from "../../host/host.ts";
import { Unreachable } from "../../host/link.ts";
import { addressesOf, type NameAnswer } from "../../host/name-answers.ts";
import { updateZone } from "../../host/zone-updates.ts";
import type { SiteSeen } from "../../model/move.ts";
import type { Publish } from "../../model/pool.ts";
import { UserError } from "../../model/problem.ts";
import type { MigrationInput } from "./input.ts";
import type { Moving } from "./moving.ts";

/** The name server that is told, if one is. */
export function nameServerOf({
  nameServer,
}: MigrationInput): { readonly host: string; readonly port: number } | undefined {
  if (nameServer === undefined) return undefined;
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(nameServer) ?? [];
  // An IPv6 address has colons of its own.
  if ((nameServer.match(/:/g) ?? []).length > 1) return { host: nameServer.replace(/^\[|\]$/g, ""), port: 53 };
  return { host: host!, port: Number(port ?? 53) };
}

/** Names without stars, of all sites. */
export const plainNames = (sites: readonly SiteSeen[]): string[] =>
  sites.flatMap(({ names }) => names).filter((name) => !name.startsWith("*"));

/** What names have in a zone: `@`, `www`. Names that are not in it cannot be told. */
export function recordsOf(sites: readonly SiteSeen[], zone: string): string[] {
  return sites
    .flatMap(({ names }) => names)
    .map((name) => {
      if (name === zone) return "@";
      if (!name.endsWith(`.${zone}`))
        throw new UserError(`${name} is not in the zone ${zone}; say its zone, or leave --name-server out`);
      return name.slice(0, -zone.length - 1);
    });
}

/** `key "upkeep" { algorithm hmac-sha256; secret "..."; };` */
export function readDnsKey({ files }: Pick<Host, "files">, path: string): Extract<Publish, { by: "update" }>["key"] {
  const text = files.read(path);
  if (text === undefined) throw new UserError(`there is no file ${path} with a key for the name server`);
  const name = /key\s+"?([\w.-]+)"?\s*\{/.exec(text)?.[1];
  const algorithm = /algorithm\s+"?([\w-]+)"?\s*;/.exec(text)?.[1];
  const secret = /secret\s+"([A-Za-z0-9+/=]+)"\s*;/.exec(text)?.[1];
  if (!name || !algorithm || !secret) throw new UserError(`${path} holds no key as tsig-keygen(8) writes it`);
  return { name, algorithm, secret } as Extract<Publish, { by: "update" }>["key"];
}

/** Has the name server give out addresses for all names of the move. */
export async function give({ host, input, sites }: Moving, addresses: readonly string[], ttl: number): Promise<void> {
  const server = nameServerOf(input)!;
  const zone = input.zone!;
  const publish = {
    by: "update",
    server: server.host,
    port: server.port,
    key: readDnsKey(host, input.dnsKey!),
  } as Publish;
  const config = { zone, records: recordsOf(sites, zone), ttl };
  await updateZone(host, publish, config, addresses).catch(awayOr);
}

/** A name server that does not answer may do so later. */
function awayOr(error: NodeJS.ErrnoException): never {
  if (
    /^E(CONN|TIMEOUT|NET|HOST)/.test(error.code ?? "") ||
    /Communication with .* failed|timed out/.test(error.message)
  )
    throw new Unreachable(`the name server does not answer: ${error.message}`);
  throw error;
}

/** What it says now. */
export const said = ({ input, sites }: Moving): Promise<NameAnswer> =>
  addressesOf(plainNames(sites)[0]!, nameServerOf(input)).catch(awayOr);
