import assert from "node:assert/strict";
import { type Lab, openLab, type TestHost } from "../../../lab/lab.ts";
import { localHost } from "../../../src/host/local.ts";

/** A control plane on a host of its own, and hosts that have joined it. */
export interface TestEstate<Name extends string> {
  readonly lab: Lab<Name | "control">;
  readonly control: TestHost;
  readonly hosts: Readonly<Record<Name, TestHost>>;
  /** Has a machine become a host of the estate, by a token. */
  join(name: Name): Promise<void>;
  close(): void;
}

/** Agents look around every second, so that tests need not wait for a minute. */
const impatient = "agent: {everySeconds: 1}\n";

export async function openEstate<const Name extends string>(
  names: readonly Name[],
  labels: readonly string[] = ["role=web"],
): Promise<TestEstate<Name>> {
  const machines = Object.fromEntries(names.map((name) => [name, "apache2"])) as Record<Name, "apache2">;
  const lab = await openLab<Name | "control">({ control: "none", ...machines } as Record<
    Name | "control",
    "apache2" | "none"
  >);
  try {
    const { control } = lab.hosts as Record<"control", TestHost>;
    await control.must(...upkeep, "install", "server", "--listen", `${control.address}:4222`);
    const join = (name: Name) => joinHost(control, lab.hosts[name]);
    for (const name of names) await control.must(...upkeep, "host", "add", name, ...labels);
    await Promise.all(names.map(join));
    await awaitHosts(control, names);
    return {
      lab,
      control,
      hosts: lab.hosts,
      join,
      close: () => lab.close(),
    };
  } catch (error) {
    lab.close();
    throw error;
  }
}

export const upkeep = ["/opt/upkeep/upkeep"] as const;

/** Has a machine become a host of the estate, by a token. */
export async function joinHost(control: TestHost, host: TestHost): Promise<void> {
  host.write("/etc/upkeep/host.yaml", impatient);
  const { token } = JSON.parse(await control.must(...upkeep, "host", "token", host.name, "--json")) as {
    token: string;
  };
  await host.must(...upkeep, "install", "agent", "--token", token);
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

/** Asks until it is so, for half a minute. */
export async function eventually(
  what: string,
  isSo: () => Promise<boolean>,
  milliseconds = 30_000,
  found = () => "",
): Promise<void> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    if (await isSo()) return;
    assert.ok(Date.now() < deadline, `not within ${milliseconds / 1000} s: ${what} ${found()}`);
    await localHost.clock.pause(50);
  }
}
