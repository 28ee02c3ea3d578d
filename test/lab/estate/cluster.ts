import { type Lab, openLab, type TestHost } from "../../../lab/lab.ts";
import { silence } from "../../../src/bus/nats-healing.ts";
import { awaitHosts, joinHost, upkeep } from "./estate.ts";

export const controls = ["ctl1", "ctl2", "ctl3"] as const;
export const webs = ["web1", "web2", "web3", "web4"] as const;
type Machine = (typeof controls)[number] | (typeof webs)[number] | "alone";

/** Three machines with a control plane and a NATS server each, PostgreSQL on the third, and four hosts. */
export interface Cluster {
  readonly lab: Lab<Machine>;
  readonly hosts: Readonly<Record<Machine, TestHost>>;
  close(): void;
}

/**
 * The longest that Upkeep may take to get over something by itself, in milliseconds: a stream of the bus is made anew
 * after twice its silence; a comparison with the bus, or a host's next attempt, may be a minute away; the rest
 * is for a busy machine.
 */
export const recovery = 2 * silence + 80_000;

const database = "postgres://upkeep:secret@198.51.100.12/upkeep";

export async function openCluster(): Promise<Cluster> {
  const lab = await openLab<Machine>({
    ctl1: "none",
    ctl2: "none",
    ctl3: "none",
    web1: "apache2",
    web2: "apache2",
    web3: "apache2",
    web4: "apache2",
    // Belongs to no estate: what a machine looks like that is told the same by hand.
    alone: "apache2",
  });
  const { hosts } = lab;
  try {
    await servePostgres(hosts.ctl3);
    const addresses = controls.map((name) => hosts[name].address).join(",");
    const install = (host: TestHost, ...more: string[]) =>
      host.must(...upkeep, "install", "server", "--listen", `${host.address}:4222`, "--cluster", addresses, ...more);
    await install(hosts.ctl1, "--database", database);
    const bundle = await hosts.ctl1.must(...upkeep, "install", "bundle");
    await Promise.all(
      [hosts.ctl2, hosts.ctl3].map(async (host) => {
        host.write("/root/bundle.yaml", bundle, 0o600);
        await install(host, "--bundle", "/root/bundle.yaml");
      }),
    );
    for (const name of webs) await hosts.ctl1.must(...upkeep, "host", "add", name, "role=web");
    await Promise.all(webs.map((name, index) => joinHost(hosts[controls[index % 2]!], hosts[name])));
    await Promise.all([hosts.ctl1, hosts.ctl2].map((control) => awaitHosts(control, webs)));
    return { lab, hosts, close: () => lab.close() };
  } catch (error) {
    lab.close();
    throw error;
  }
}

async function servePostgres(host: TestHost): Promise<void> {
  const { postgres } = host.release;
  host.write(`${postgres.configuration}/conf.d/upkeep.conf`, "listen_addresses = '*'\n");
  const access = `${postgres.configuration}/pg_hba.conf`;
  await host.must("sed", "-i", "$a host upkeep upkeep 198.51.100.0/24 scram-sha-256", access);
  await host.must("systemctl", "start", postgres.unit);
  const psql = (command: string) => host.must("runuser", "-u", "postgres", "--", "psql", "-c", command);
  await psql("create role upkeep login password 'secret'");
  await psql("create database upkeep owner upkeep");
}
