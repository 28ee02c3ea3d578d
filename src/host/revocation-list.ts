import type { Host } from "./host.ts";

/**
 * Writes which keys sshd takes from nobody (a KRL, see "KEY REVOCATION LISTS" in ssh-keygen(1)). sshd looks at it at each
 * attempt; it is whole at every moment, because without it sshd takes no key at all.
 */
export async function writeRevocationList(
  { files, processes }: Pick<Host, "files" | "processes">,
  path: string,
  fingerprints: readonly string[],
): Promise<void> {
  const [specification, made] = [`${path}.keys`, `${path}.new`];
  for (const each of [specification, made]) files.remove(each);
  const rights = { uid: 0, gid: 0, mode: 0o644 };
  files.create(specification, fingerprints.map((each) => `hash: ${each}\n`).join(""), rights);
  const { code, stderr, stdout } = await processes.run(["ssh-keygen", "-q", "-k", "-f", made, specification]);
  if (code !== 0) throw new Error(`ssh-keygen makes no revocation list: ${(stderr || stdout).trim().slice(0, 300)}`);
  files.setIds(made, rights);
  files.flush(made);
  files.rename(made, path);
  files.remove(specification);
}
