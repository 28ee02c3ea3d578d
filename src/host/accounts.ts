import type { Facts } from "../model/facts.ts";
import type { AccountItem } from "../model/item.ts";
import type { Host } from "./host.ts";

export interface NewAccount extends AccountItem {
  /** Number of the user and of the group of the same name. */
  readonly id: number;
}

/** Customers' numbers start here, above the people's and below systemd's dynamic ones (systemd.io/UIDS-GIDS). */
const firstId = 20_000;
const lastId = 60_000;

/** Gives each account without one a number that neither a user nor a group has. */
export function numberAccounts(items: readonly AccountItem[], { accounts, groups }: Facts): NewAccount[] {
  const taken = new Set([
    ...[...accounts.values()].map(({ uid }) => uid),
    ...[...groups.values()].map(({ gid }) => gid),
  ]);
  let next = firstId;
  return items.map((item) => {
    const existing = accounts.get(item.name);
    if (existing) return { ...item, id: existing.uid };
    while (taken.has(next)) next++;
    if (next > lastId) throw new Error(`no account number is free between ${firstId} and ${lastId}`);
    taken.add(next);
    return { ...item, id: next };
  });
}

/** Adds accounts, all at once where systemd-sysusers(8) is there, else one by one with useradd(8). */
export async function addAccounts(host: Host, accounts: readonly NewAccount[]): Promise<void> {
  if (accounts.length === 0) return;
  if (host.files.stat("/usr/bin/systemd-sysusers")) {
    const lines = accounts.flatMap(({ name, id, home, shell, members }) => [
      `u ${name} ${id} - ${home} ${shell}`,
      ...members.map((member) => `m ${member} ${name}`),
    ]);
    // It must not outlive us: after a crash it would still be adding what is being taken back.
    await must(host, ["setpriv", "--pdeathsig", "KILL", "systemd-sysusers", "-"], `${lines.join("\n")}\n`);
    return;
  }
  for (const { name, id, home, shell, members } of accounts) {
    await must(host, ["groupadd", "--gid", String(id), name]);
    await must(host, [
      "useradd",
      "--uid",
      String(id),
      "--gid",
      name,
      "--no-create-home",
      "--home-dir",
      home,
      "--shell",
      shell,
      name,
    ]);
    for (const member of members) await must(host, ["gpasswd", "--add", member, name]);
  }
}

/** Adds members to the group of an account that exists. */
export async function addMembers(host: Host, { name, members }: AccountItem): Promise<void> {
  for (const member of members) await must(host, ["gpasswd", "--add", member, name]);
}

/** Takes an account and its group away again; their files stay. */
export async function removeAccount(host: Host, name: string): Promise<void> {
  // 6: there is no such user or group, which is what is wanted.
  for (const argv of [
    ["userdel", name],
    ["groupdel", name],
  ] as const) {
    const { code, stderr } = await host.processes.run(argv);
    if (code !== 0 && code !== 6) throw new Error(`${argv.join(" ")}: ${stderr.trim()}`);
  }
}

/** The lines that an account adds to passwd(5) and group(5), for a checker that looks them up. */
export const accountLines = ({ name, id, home, shell, members }: NewAccount) => ({
  passwd: `${name}:x:${id}:${id}::${home}:${shell}\n`,
  group: `${name}:x:${id}:${members.join(",")}\n`,
});

async function must(host: Host, argv: readonly [string, ...string[]], input?: string): Promise<void> {
  const { code, stderr } = await host.processes.run(argv, input === undefined ? {} : { input });
  if (code !== 0) throw new Error(`${argv.slice(0, 2).join(" ")} failed: ${stderr.trim()}`);
}
