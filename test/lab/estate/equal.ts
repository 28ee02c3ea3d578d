import assert from "node:assert/strict";
import type { TestHost } from "../../../lab/lab.ts";
import { type Cluster, recovery, webs } from "./cluster.ts";
import { eventually } from "./estate.ts";

/**
 * Every host equals the estate: nothing is pending or in trouble, and byte for byte its files are those of a machine that
 * belongs to no estate and was told the same.
 */
export async function everyHostEqualsTheEstate(hosts: Cluster["hosts"]): Promise<void> {
  let left = "";
  const isQuiet = async () => {
    const { stdout } = await hosts.ctl1.upkeep("status", "--json");
    if (!stdout) return false;
    const { pending, troubles } = JSON.parse(stdout) as { pending: unknown[]; troubles: unknown[] };
    left = JSON.stringify([...troubles, ...pending].slice(0, 5));
    return pending.length === 0 && troubles.length === 0;
  };
  await eventually("nothing is pending", isQuiet, recovery, () => left);
  const yaml = await hosts.ctl1.must("/opt/upkeep/upkeep", "get", "-o", "yaml");
  hosts.alone.write("/root/estate/all.yaml", yaml.replace(/^(hosts|strategy):\n( {2}.*\n)+/gm, ""));
  const { code, stdout, stderr } = await hosts.alone.upkeep("apply", "/root/estate", "--prune");
  assert.equal(code, 0, stdout.slice(-2_000) + stderr);
  const expected = await filesOf(hosts.alone);
  for (const web of webs) {
    const found = await filesOf(hosts[web]);
    assert.ok(found === expected, `${web} is not as the estate says:\n${differences(expected, found)}`);
  }
}

/** Digests of all that Upkeep has put on a host for its sites, by path. */
const filesOf = async (host: TestHost): Promise<string> => {
  const directories = ["/etc/apache2/upkeep", "/etc/apache2/sites-enabled"];
  const text = await host.must("find", ...directories, "-type", "f", "-exec", "sha256sum", "{}", "+");
  return text.split("\n").sort().join("\n");
};

const differences = (expected: string, found: string): string => {
  const [wanted, there] = [expected.split("\n"), found.split("\n")];
  return [
    ...wanted.filter((line) => !there.includes(line)).map((line) => `- ${line}`),
    ...there.filter((line) => !wanted.includes(line)).map((line) => `+ ${line}`),
  ].join("\n");
};
