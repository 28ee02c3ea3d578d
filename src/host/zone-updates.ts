import { parseAddress } from "../model/address.ts";
import type { PoolConfig, Publish } from "../model/pool.ts";
import type { Host } from "./host.ts";
import { addressesOf } from "./name-answers.ts";

/*
 * Name servers that take changes over the network: by RFC 2136 (BIND, Knot, PowerDNS and others), or PowerDNS' own API. How
 * their serials count is theirs.
 */

/** Milliseconds for an order. */
const patience = 10_000;

const ownersOf = ({ zone, records }: Pick<PoolConfig, "zone" | "records">): string[] =>
  records.map((record) => (record === "@" ? `${zone}.` : `${record}.${zone}.`));

const typeOf = (address: string): "A" | "AAAA" => (parseAddress(address)?.family === 6 ? "AAAA" : "A");

/** The addresses that the server gives out for a pool's first name; rejects where it does not answer. */
export async function servedBy(
  { server, port }: Publish,
  config: Pick<PoolConfig, "zone" | "records">,
): Promise<readonly string[]> {
  const [owner] = ownersOf(config);
  // For a wildcard, a name that nobody has.
  const name = owner!.replace(/^\*\./, "upkeep-looks.").replace(/\.$/, "");
  return (await addressesOf(name, { host: server, port })).addresses;
}

/** Has the server give out these addresses and no others, for all of the pool's names at once. */
export async function updateZone(
  host: Pick<Host, "processes">,
  publish: Publish,
  config: Pick<PoolConfig, "zone" | "records" | "ttl">,
  addresses: readonly string[],
): Promise<void> {
  if (publish.by === "powerdns") await patchZone(publish, config, addresses);
  else await sendUpdate(host, publish, config, addresses);
  const served = await servedBy(publish, config);
  if ([...served].sort().join() !== [...addresses].sort().join())
    throw new Error(`${publish.server} took the change and gives out ${served.join(", ") || "nothing"}`);
}

/** With nsupdate(1); in one message, which the server takes whole or not at all. */
async function sendUpdate(
  { processes }: Pick<Host, "processes">,
  { server, port, key }: Extract<Publish, { by: "update" }>,
  config: Pick<PoolConfig, "zone" | "records" | "ttl">,
  addresses: readonly string[],
): Promise<void> {
  const lines = [
    `server ${server} ${port}`,
    `zone ${config.zone}.`,
    `key ${key.algorithm}:${key.name} ${key.secret}`,
    ...ownersOf(config).flatMap((owner) => [
      `update delete ${owner} A`,
      `update delete ${owner} AAAA`,
      ...addresses.map((address) => `update add ${owner} ${config.ttl} ${typeOf(address)} ${address}`),
    ]),
    "send",
    "",
  ];
  const input = lines.join("\n");
  const { code, stderr, stdout } = await processes.run(["nsupdate", "-t", "5"], { input, timeout: patience });
  if (code !== 0) throw new Error(`${server} refuses the update: ${(stderr || stdout).trim().slice(0, 300)}`);
}

/** See "Zones" in PowerDNS' documentation of its API. */
async function patchZone(
  { url, apiKey }: Extract<Publish, { by: "powerdns" }>,
  config: Pick<PoolConfig, "zone" | "records" | "ttl">,
  addresses: readonly string[],
): Promise<void> {
  const rrsets = ownersOf(config).flatMap((name) =>
    (["A", "AAAA"] as const).map((type) => {
      const records = addresses.filter((address) => typeOf(address) === type);
      return records.length === 0
        ? { name, type, changetype: "DELETE" }
        : {
            name,
            type,
            ttl: config.ttl,
            changetype: "REPLACE",
            records: records.map((content) => ({ content, disabled: false })),
          };
    }),
  );
  const response = await fetch(`${url.replace(/\/$/, "")}/api/v1/servers/localhost/zones/${config.zone}.`, {
    method: "PATCH",
    headers: { "X-API-Key": apiKey, "Content-Type": "application/json" },
    body: JSON.stringify({ rrsets }),
    signal: AbortSignal.timeout(patience),
    redirect: "error",
  });
  if (response.ok) return;
  throw new Error(`PowerDNS answers ${response.status}: ${(await response.text()).slice(0, 300)}`);
}
