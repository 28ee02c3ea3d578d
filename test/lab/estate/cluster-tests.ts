import assert from "node:assert/strict";
import { after, afterEach, before, type TestContext } from "node:test";
import type { TestHost } from "../../../lab/lab.ts";
import { type Cluster, openCluster, recovery, webs } from "./cluster.ts";
import { everyHostEqualsTheEstate } from "./equal.ts";
import { eventually } from "./estate.ts";

/** A cluster of its own for the tests of one file. To be called where they are described. */
export function useCluster() {
  const hosts = {} as Record<keyof Cluster["hosts"], TestHost>;
  let cluster: Cluster | undefined;
  before(async () => {
    cluster = await openCluster();
    Object.assign(hosts, cluster.hosts);
  });
  after(() => cluster?.close());
  afterEach(async (context) => {
    // The types do not know `passed`.
    if ((context as { passed?: boolean }).passed === false)
      await tellLast(context as TestContext, Object.values(hosts));
  });
  const version = async (host: TestHost, name: string) => (await host.ask(`http://${name}/`)).headers["x-version"];
  return {
    hosts: hosts as Cluster["hosts"],
    /** Takes a host's power away. */
    cut: (name: (typeof webs)[number]) => cluster!.lab.cut(name),
    async boot(name: (typeof webs)[number]) {
      hosts[name] = await cluster!.lab.boot(name);
    },
    async applied(control: TestHost, yaml: string) {
      const { code, stdout, stderr } = await control.apply(yaml);
      assert.equal(code, 0, stdout.slice(-2_000) + stderr);
    },
    /** The version of a site that a host serves. */
    version,
    async everywhere(name: string, wanted: string) {
      let served: (string | undefined)[] = [];
      const isEverywhere = async () => {
        served = await Promise.all(webs.map((web) => version(hosts[web], name)));
        return served.every((each) => each === wanted);
      };
      await eventually(`${name} is at ${wanted} everywhere:`, isEverywhere, recovery, () => served.join(", "));
    },
    allEqual: () => everyHostEqualsTheEstate(hosts),
  };
}

/** A site on all hosts, at once; a version of it is what it serves. */
export const site = (name: string, version: string) =>
  `kind: Site\nname: ${name}\nhosts: {labels: {role: web}}\nstrategy: {batch: 4}\n` +
  `spec: {user: alice, headers: {X-Version: "${version}"}}\n`;

/** `s0.example.com` and so on. */
export const sites = (count: number, version: string, prefix = "s") =>
  Array.from({ length: count }, (_, index) => site(`${prefix}${index}.example.com`, version)).join("---\n");

/** What a machine's parts have said last, for whoever reads why a test has failed. */
async function tellLast(context: TestContext, machines: readonly TestHost[]): Promise<void> {
  const units = ["server", "agent", "nats"].flatMap((part) => ["-u", `upkeep-${part}`]);
  for (const { name, exec } of machines) {
    const { stdout } = await exec(["journalctl", ...units, "--no-pager", "-o", "short-precise", "-n", "20"]);
    context.diagnostic(`${name}:\n${stdout}`);
  }
}
