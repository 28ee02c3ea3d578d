import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alone } from "../src/host/alone.ts";
import { localHost } from "../src/host/local.ts";
import { installPackages } from "../src/host/packages.ts";
import { labDirectory } from "./directory.ts";
import { endNamespaces, holdNamespaces } from "./namespaces.ts";
import { bootServices, everywhere, type PackageSet, packageSets } from "./packages.ts";
import type { LabRelease } from "./releases.ts";
import { must, run } from "./run.ts";

/** Counts up when what is done to a base beyond its packages is something else. */
const furnishing = 2;

/** What the machine itself needs to build and boot hosts: program to package. */
const tools: Readonly<Record<string, string>> = {
  debootstrap: "debootstrap",
  "systemd-nspawn": "systemd-container",
  ip: "iproute2",
  setpriv: "util-linux",
};

/**
 * The directories that hosts are overlaid on, the topmost first; built once, in some minutes, whoever asks first. The
 * others wait. With a set of packages: a layer over the base that holds only what differs from it.
 */
export async function ensureLayers(
  release: LabRelease,
  set: PackageSet | undefined,
  progress: (text: string) => void,
): Promise<readonly string[]> {
  const recipe = [release.codename, everywhere, furnishing];
  const base = await once(`${release.codename}-base`, recipe, progress, async (root) => {
    await ensureTools(progress);
    progress(`building ${release.name} with ${everywhere.length} packages, once; this takes some minutes`);
    const include = `--include=${everywhere.join(",")}`;
    await must(["debootstrap", "--variant=minbase", include, release.codename, root, await mirror(release)]);
    await furnish(root);
  });
  if (!set) return [base];
  const layer = await once(`${release.codename}-${set}`, [recipe, packageSets[set]], progress, async (directory) => {
    progress(`building ${release.name}'s packages "${set}" (${packageSets[set].length}), once`);
    await addPackages(release, base, directory, packageSets[set]);
  });
  return [join(layer, "upper"), base];
}

async function addPackages(
  release: LabRelease,
  base: string,
  directory: string,
  packages: readonly string[],
): Promise<void> {
  const [upper, work, root] = ["upper", "work", "root"].map((part) => join(directory, part)) as [
    string,
    string,
    string,
  ];
  for (const part of [upper, work, root]) mkdirSync(part, { recursive: true });
  const namespaces = await holdNamespaces();
  try {
    const { inside, keeper } = namespaces;
    const overlay = `lowerdir=${base},upperdir=${upper},workdir=${work}`;
    await inside("mount", "-t", "overlay", "overlay", "-o", overlay, root);
    await inside("mount", "-t", "proc", "proc", join(root, "proc"));
    const seen = join(`/proc/${keeper}/root`, root);
    // With apt's sources and the names of this machine for as long as it takes, and no service is started.
    writeFileSync(join(seen, "etc/apt/sources.list"), `deb ${await mirror(release)} ${release.codename} main\n`);
    writeFileSync(join(seen, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    for (const file of ["etc/resolv.conf", "etc/hosts"]) await inside("cp", `/${file}`, join(root, file));
    const apt = ["chroot", root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"] as const;
    await inside(...apt, "update");
    await inside(...apt, "-o", "DPkg::Options::=--force-unsafe-io", "install", "--no-install-recommends", ...packages);
    rmSync(join(seen, "usr/sbin/policy-rc.d"));
    await furnish(seen);
  } finally {
    endNamespaces(namespaces);
  }
}

/** Makes a directory beside its place and moves it there when it is whole. Whoever needs it meanwhile waits. */
async function once(
  name: string,
  recipe: unknown,
  progress: (text: string) => void,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const digest = createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 12);
  const place = join(labDirectory, `${name}-${digest}`);
  if (existsSync(place)) return place;
  return builtAlone(name, progress, async () => {
    if (existsSync(place)) return place;
    // What an interrupted build has left behind.
    const building = `${place}.building`;
    rmSync(building, { recursive: true, force: true });
    await make(building);
    renameSync(building, place);
    return place;
  });
}

function builtAlone<T>(name: string, progress: (text: string) => void, act: () => Promise<T>): Promise<T> {
  mkdirSync(labDirectory, { recursive: true });
  const lock = join(labDirectory, `${name}.lock`);
  return alone(lock, act, () => progress(`waiting for ${name}, which somebody else is making`));
}

/** Releases are built beside each other, and apt is one. */
async function ensureTools(progress: (text: string) => void): Promise<void> {
  await builtAlone("tools", progress, async () => {
    const missing: string[] = [];
    for (const [program, name] of Object.entries(tools))
      if ((await run(["which", program])).code !== 0) missing.push(name);
    if (missing.length === 0) return;
    progress(`installing ${missing.join(", ")}`);
    await installPackages(localHost, missing, () => {});
  });
}

/** The mirror that this machine's own apt is set up with. */
async function mirror({ codename }: LabRelease): Promise<string> {
  const format = "$(COMPONENT) $(RELEASE) $(REPO_URI)";
  const lines = (await must(["apt-get", "indextargets", "--format", format, "Created-By: Packages"])).split("\n");
  const uri =
    lines.find((line) => line.startsWith(`main ${codename} `))?.split(" ")[2] ??
    lines.find((line) => line.startsWith("main "))?.split(" ")[2];
  if (!uri) throw new Error("this machine's apt knows no Debian mirror to build the lab's hosts from");
  return uri;
}

/** What all hosts have in common beyond their packages. */
async function furnish(root: string): Promise<void> {
  rmSync(join(root, "var/cache/apt/archives"), { recursive: true, force: true });
  mkdirSync(join(root, "var/cache/apt/archives/partial"), { recursive: true });
  const units = join(root, "etc/systemd/system");
  for (const target of ["multi-user.target.wants", "sockets.target.wants"]) {
    const wants = join(units, target);
    for (const name of existsSync(wants) ? readdirSync(wants) : [])
      if (!bootServices.includes(name)) rmSync(join(wants, name));
  }
  for (const unit of [
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "systemd-networkd-wait-online.service",
    "e2scrub_reap.service",
  ]) {
    rmSync(join(units, unit), { force: true });
    symlinkSync("/dev/null", join(units, unit));
  }
  const networkd = join(units, "multi-user.target.wants/systemd-networkd.service");
  if (!existsSync(networkd)) symlinkSync("/lib/systemd/system/systemd-networkd.service", networkd);
  writeFileSync(join(root, "etc/machine-id"), "");
  rmSync(join(root, "etc/resolv.conf"), { force: true });
  writeFileSync(join(root, "etc/resolv.conf"), "");
}
