import { UserError } from "../model/problem.ts";
import type { Host } from "./host.ts";

/** Installs packages of the distribution without asking anything. Configuration files already there are kept. */
export async function installPackages(
  host: Host,
  names: readonly string[],
  onOutput: (text: string) => void,
): Promise<void> {
  const environment = { DEBIAN_FRONTEND: "noninteractive", APT_LISTCHANGES_FRONTEND: "none", NEEDRESTART_SUSPEND: "1" };
  const options = ["-q", "-y", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Options::=--force-confold"] as const;
  const apt = (...args: string[]) =>
    host.processes.run(["apt-get", ...options, ...args], { environment, timeout: 1_800_000, onOutput });
  const install = () => apt("install", "--no-install-recommends", "--", ...names);

  // The lists may be missing or old: fetch them only if it does not work without.
  let result = await install();
  if (result.code !== 0) {
    const update = await apt("update");
    result = update.code === 0 ? await install() : update;
  }
  if (result.code !== 0) {
    const said = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-5).join("\n  ");
    throw new UserError(`apt-get could not install ${names.join(", ")}; nothing else was changed:\n  ${said}`);
  }
}
