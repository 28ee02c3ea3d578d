import { eventually } from "../../../lab/eventually.ts";
import { openLab, type TestHost } from "../../../lab/lab.ts";
import type { PackageSet } from "../../../lab/packages.ts";

export { eventually };

/** A control plane on a machine of its own, hosts that have joined it, and machines that have not. */
export interface TestEstate<Name extends string, Spare extends string = never> {
  readonly control: TestHost;
  readonly hosts: Readonly<Record<Name | Spare, TestHost>>;
  close(): void;
}

/** Agents look around every second, so that tests need not wait for a minute. */
const impatient = "agent: {everySeconds: 1}\n";

export async function openEstate<const Name extends string, const Spare extends string = never>(
  names: readonly Name[],
  {
    machines = [] as readonly Spare[],
    labels = ["role=web"] as readonly string[],
    packages = undefined as PackageSet | undefined,
  } = {},
): Promise<TestEstate<Name, Spare>> {
  const servers = Object.fromEntries([...names, ...machines].map((name) => [name, "apache2"]));
  const all = { control: "none", ...servers } as Record<Name | Spare | "control", "apache2" | "none">;
  const lab = await openLab(all, { packages });
  const { control } = lab.hosts as Record<"control", TestHost>;
  try {
    await control.must(...upkeep, "install", "server", "--listen", `${control.address}:4222`);
    for (const name of names) await control.must(...upkeep, "host", "add", name, ...labels);
    await Promise.all(names.map((name) => joinHost(control, lab.hosts[name])));
    await awaitHosts(control, names);
    return { control, hosts: lab.hosts, close: () => lab.close() };
  } catch (error) {
    lab.close();
    throw error;
  }
}

export const upkeep = ["/opt/upkeep/upkeep"] as const;

/** Has a machine become a host of the estate, by a token; `program`: the Upkeep that it is to run. */
export async function joinHost(control: TestHost, host: TestHost, program: string = upkeep[0]): Promise<void> {
  host.write("/etc/upkeep/host.yaml", impatient);
  const { token } = JSON.parse(await control.must(...upkeep, "host", "token", host.name, "--json")) as {
    token: string;
  };
  await host.must(program, "install", "agent", "--token", token);
}

interface Listed {
  readonly name: string;
  readonly present: boolean;
  readonly seenAt?: number;
}

/** Waits until the control plane has heard of all of these. */
export async function awaitHosts(control: TestHost, names: readonly string[]): Promise<void> {
  await eventually(`${names.join(", ")} are there`, async () => {
    const hosts = JSON.parse((await control.upkeep("host", "list", "--json")).stdout || "[]") as Listed[];
    return names.every((name) => hosts.some((host) => host.name === name && host.present && host.seenAt !== undefined));
  });
}
