import type { TestHost } from "../../../lab/lab.ts";
import { start } from "../pools/name-servers.ts";
import type { SshKey } from "./ssh-key.ts";

/** A host with an account, alice, whom these keys let in, and whose own machine it is at the same time. */
export async function prepareSsh(host: TestHost, keys: Readonly<Record<string, SshKey>>): Promise<void> {
  await host.must("useradd", "--create-home", "--shell=/bin/bash", "alice");
  const lines = Object.values(keys).map(({ line }) => line);
  host.write("/home/alice/.ssh/authorized_keys", lines.join(""), 0o600);
  await host.must("chown", "--recursive", "alice:", "/home/alice/.ssh");
  for (const [name, { secret }] of Object.entries(keys)) host.write(`/srv/keys/${name}`, secret, 0o600);
  await host.must("systemctl", "enable", "ssh");
  await start(host, "ssh");
}

/** Whether a key lets alice in. */
export async function letsIn(host: TestHost, name: string): Promise<boolean> {
  const options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "IdentitiesOnly=yes"];
  const { code } = await host.exec([
    ...(["ssh", "-n"] as const),
    ...options.map((option) => `-o${option}`),
    ...["-i", `/srv/keys/${name}`, "alice@127.0.0.1", "true"],
  ]);
  return code === 0;
}
