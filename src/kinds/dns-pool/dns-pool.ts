import { bindDirectoryItem, poolNeed, recordsFile } from "../../daemons/bind/bind.ts";
import { authorityIn, releaseZone } from "../../daemons/bind/zone-file.ts";
import { pingNeed } from "../../daemons/ping.ts";
import { systemFile } from "../../daemons/system-items.ts";
import { watchNeed } from "../../daemons/watches.ts";
import { hostName, parseAddress, printAddress } from "../../model/address.ts";
import { milliseconds, roughly } from "../../model/duration.ts";
import type { Facts } from "../../model/facts.ts";
import { kind, type Rendering, type SpecIssue } from "../../model/kind.ts";
import { policyFile } from "../../model/policy.ts";
import {
  type Check,
  type PoolConfig,
  type Publish,
  poolDirectory,
  recordsOf,
  untilWithdrawn,
} from "../../model/pool.ts";
import type { Resource } from "../../model/resource.ts";
import { type DnsPoolSpec, dnsPoolSpec } from "./schema.ts";

/** Addresses under one name, of which those are published that answer. */
export const dnsPoolKind = kind<DnsPoolSpec>({
  name: "DnsPool",
  summary: "Failover and round-robin by DNS: addresses that answer are published, others are not.",
  scope: "operator",
  spec: dnsPoolSpec,
  normaliseName(written) {
    const name = written.toLowerCase().replace(/\.$/, "");
    return hostName.test(name)
      ? { name }
      : { problem: `${JSON.stringify(written)} is no name; call it as visitors do: www.example.com` };
  },
  check,
  secrets: ["publish"],
  claims: (resource) => recordNames(resource).map((record) => `addresses of ${record}.${resource.spec.zone}`),
  render,
});

function recordNames({ name, spec: { zone, records } }: Resource<DnsPoolSpec>): readonly string[] {
  if (records) return [...new Set(records)];
  return [name === zone ? "@" : name.slice(0, -zone.length - 1)];
}

function check({ name, spec }: Resource<DnsPoolSpec>): SpecIssue[] {
  const issues: SpecIssue[] = [];
  if (!spec.records && name !== spec.zone && !name.endsWith(`.${spec.zone}`))
    issues.push({
      path: ["records"],
      message: `say which names of ${spec.zone} have these addresses; ${name} is none`,
    });
  const seen = new Set<string>();
  for (const [index, { address }] of spec.addresses.entries()) {
    const text = printAddress(parseAddress(address)!);
    if (seen.has(text)) issues.push({ path: ["addresses", index], message: `is there twice` });
    seen.add(text);
  }
  if (spec.minUp > spec.addresses.length)
    issues.push({ path: ["minUp"], message: `is more than there are addresses (${spec.addresses.length})` });
  if (spec.maxUp !== undefined && spec.maxUp < spec.minUp)
    issues.push({ path: ["maxUp"], message: "is less than minUp" });
  if (milliseconds(spec.timeout)! > milliseconds(spec.every)!)
    issues.push({ path: ["timeout"], message: `is longer than the time between two checks (${spec.every})` });
  return issues;
}

function render(resource: Resource<DnsPoolSpec>, facts: Facts): Rendering {
  const { name, spec } = resource;
  const here = spec.publish ? undefined : facts.zones.get(spec.zone);
  if (here?.isDynamic)
    return refusal(
      `${spec.zone} takes changes over the network here (allow-update), so its file is BIND's own; say \`publish: {update: ...}\``,
    );
  if (here && !authorityIn(releaseZone(here.text), spec.zone))
    return refusal(`${here.file} has no SOA record of ${spec.zone} that can be read`);
  const { checks } = facts.settings.policy;
  const missing = spec.check.flatMap((each) => ("command" in each && !checks[each.command] ? [each.command] : []));
  if (missing.length > 0)
    return refusal(
      `the check ${missing[0]} is not allowed on this host; its owner states it in \`checks\` of ${policyFile}`,
    );
  const config = configOf(resource, here?.file, checks);
  // Nobody has looked yet: as if all were up.
  const foremost = Math.min(...config.members.map(({ priority }) => priority));
  const first = config.members
    .filter(({ priority }) => priority === foremost)
    .sort((one, other) => other.weight - one.weight)
    .slice(0, config.maxUp);
  return {
    items: [
      ...(here
        ? [
            bindDirectoryItem(recordsFile(spec.zone, name).replace(/\/records$/, ""), {
              records: recordsOf(
                config,
                first.map(({ address }) => address),
              ),
            }),
          ]
        : []),
      ...(spec.publish && "update" in spec.publish ? [{ type: "package", name: "bind9-dnsutils" } as const] : []),
      {
        ...systemFile(`${poolDirectory}/${name}.json`, `${JSON.stringify(config, undefined, 2)}\n`),
        ...(spec.publish && { mode: 0o600, secret: true as const }),
      },
    ],
    needs: [
      watchNeed,
      ...(spec.check.some((each) => "icmp" in each) ? [pingNeed] : []),
      ...(here ? [poolNeed(spec.zone, name, config.records)] : []),
    ],
    probes: [],
    notes: notesOf(config),
  };
}

/** The port of sshd(8). */
const sshPort = 22;

function notesOf(config: PoolConfig): string[] {
  return [...lateFailover(config), ...punishedChecks(config)];
}

/** sshd of OpenSSH 9.8 and later counts who connects without signing in, and turns them away after a while. */
function punishedChecks({ name, checks }: PoolConfig): string[] {
  if (!checks.some((check) => check.is === "tcp" && check.port === sshPort)) return [];
  return [
    `${name} connects to port ${sshPort} without signing in; OpenSSH 9.8 and later turn away addresses that do (PerSourcePenalties). Name the hosts that look in PerSourcePenaltyExemptList of the sshd that is asked.`,
  ];
}

/** It is no failover that resolvers do not hear of. */
function lateFailover({ name, ttl, ...config }: PoolConfig): string[] {
  const withdrawn = untilWithdrawn(config);
  if (ttl * 1_000 <= withdrawn) return [];
  return [
    `${name} gives out no address for longer than ${roughly(withdrawn)} after it fails, but resolvers may remember it for ${roughly(ttl * 1_000)} (ttl); \`upkeep pool explain ${name}\` adds it up.`,
  ];
}

const refusal = (refused: string): Rendering => ({ items: [], needs: [], probes: [], refused });

function configOf(
  resource: Resource<DnsPoolSpec>,
  file: string | undefined,
  programs: Facts["settings"]["policy"]["checks"],
): PoolConfig {
  const { name, spec } = resource;
  const { zone, rise, fall, minUp, maxUp, ttl, vantage, serial, damping } = spec;
  return {
    name,
    zone,
    records: [...recordNames(resource)],
    members: spec.addresses.map(({ address, weight, priority }) => ({
      address: printAddress(parseAddress(address)!),
      weight,
      priority,
    })),
    checks: spec.check.map((each) => checkOf(each, name, programs)),
    every: milliseconds(spec.every)!,
    timeout: milliseconds(spec.timeout)!,
    rise,
    fall,
    minUp,
    ...(maxUp !== undefined && { maxUp }),
    ttl,
    damping: { changes: damping.changes, within: milliseconds(damping.within)! },
    vantage,
    serial,
    ...(spec.publish && { publish: publishOf(spec.publish) }),
    ...(file !== undefined && { file }),
  };
}

const publishOf = (publish: NonNullable<DnsPoolSpec["publish"]>): Publish =>
  "update" in publish ? { by: "update", ...publish.update } : { by: "powerdns", ...publish.powerdns };

function checkOf(
  check: DnsPoolSpec["check"][number],
  pool: string,
  programs: Facts["settings"]["policy"]["checks"],
): Check {
  if ("icmp" in check) return { is: "icmp" };
  if ("tcp" in check) return { is: "tcp", port: check.tcp };
  if ("smtp" in check) return { is: "smtp", port: check.smtp };
  if ("command" in check) return { is: "command", argv: programs[check.command]! };
  if ("dns" in check) return { is: "dns", ...check.dns };
  const tls = "https" in check;
  const { path, port, host, status, body, headers, verify } = tls ? check.https : check.http;
  return {
    is: "http",
    tls,
    port: port ?? (tls ? 443 : 80),
    path,
    host: host ?? pool,
    status: typeof status === "number" ? [status, status] : status,
    ...(body !== undefined && { body }),
    headers,
    verify,
  };
}
