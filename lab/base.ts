import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labDirectory } from "./directory.ts";
import { must, run } from "./run.ts";

/** What every host of the lab has. Changing the list rebuilds the base. */
const packages = [
  "systemd",
  "systemd-sysv",
  "dbus",
  "iproute2",
  "openssh-server",
  "procps",
  "curl",
  "ca-certificates",
  "openssl",
  "libstdc++6",
  "apache2",
  "nginx",
  "varnish",
  "lighttpd",
  "lighttpd-modules-lua",
  "haproxy",
  "caddy",
  "nftables",
  "php-fpm",
  "fcgiwrap",
  "ssl-cert",
  "logrotate",
  "wrk",
  "nats-server",
  "postgresql",
  "faketime",
];

const release = "bookworm";

/** Counts up when {@link furnish} does something else. */
const furnishing = 1;

/** What the machine itself needs to build and boot hosts: program to package. */
const tools: Readonly<Record<string, string>> = {
  debootstrap: "debootstrap",
  "systemd-nspawn": "systemd-container",
  ip: "iproute2",
  setpriv: "util-linux",
};

/** Daemons that a host starts only if it is told to. */
const optional = [
  "apache2",
  "nginx",
  "varnish",
  "varnishncsa",
  "lighttpd",
  "haproxy",
  "caddy",
  "nftables",
  "php8.2-fpm",
  "fcgiwrap",
  "nats-server",
  "postgresql",
  "ssh",
];

/** The directory that hosts are overlaid on; built once, in some minutes. */
export async function ensureBase(progress: (text: string) => void): Promise<string> {
  return build(JSON.stringify([release, packages, furnishing]), async (root) => {
    await ensureTools(progress);
    progress(`building the lab's base with ${packages.length} packages, once; this takes some minutes`);
    await must(["debootstrap", "--variant=minbase", `--include=${packages.join(",")}`, release, root, await mirror()]);
    await furnish(root);
  });
}

/** The base with further packages, such as a benchmark's peers. */
export async function ensureExtended(extra: readonly string[], progress: (text: string) => void): Promise<string> {
  const base = await ensureBase(progress);
  if (extra.length === 0) return base;
  return build(JSON.stringify([base, extra]), async (root) => {
    progress(`adding ${extra.join(", ")} to a copy of the lab's base, once`);
    await must(["cp", "--archive", base, root]);
    // With apt's sources and the names of this machine for as long as it takes.
    writeFileSync(join(root, "etc/apt/sources.list"), `deb ${await mirror()} ${release} main\n`);
    for (const file of ["etc/resolv.conf", "etc/hosts"]) await must(["cp", `/${file}`, join(root, file)]);
    const apt = ["chroot", root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"] as const;
    await must([...apt, "update"]);
    await must([...apt, "install", "--no-install-recommends", ...extra]);
    await furnish(root);
  });
}

/** Builds a directory beside its place and moves it there when it is whole. */
async function build(recipe: string, make: (root: string) => Promise<void>): Promise<string> {
  const place = join(labDirectory, `base-${createHash("sha256").update(recipe).digest("hex").slice(0, 16)}`);
  if (existsSync(place)) return place;
  mkdirSync(labDirectory, { recursive: true });
  const building = `${place}.building-${process.pid}`;
  await make(building);
  renameSync(building, place);
  return place;
}

async function ensureTools(progress: (text: string) => void): Promise<void> {
  const missing: string[] = [];
  for (const [program, name] of Object.entries(tools))
    if ((await run(["which", program])).code !== 0) missing.push(name);
  if (missing.length === 0) return;
  progress(`installing ${missing.join(", ")}`);
  const install = () => run(["apt-get", "install", "-q", "-y", "--no-install-recommends", ...missing]);
  if ((await install()).code === 0) return;
  await must(["apt-get", "update", "-q"]);
  const { code, stderr } = await install();
  if (code !== 0) throw new Error(`cannot install ${missing.join(", ")}: ${stderr}`);
}

/** The mirror that this machine's own apt is set up with. */
async function mirror(): Promise<string> {
  const format = "$(COMPONENT) $(RELEASE) $(REPO_URI)";
  const lines = (await must(["apt-get", "indextargets", "--format", format, "Created-By: Packages"])).split("\n");
  const uri =
    lines.find((line) => line.startsWith(`main ${release} `))?.split(" ")[2] ??
    lines.find((line) => line.startsWith("main "))?.split(" ")[2];
  if (!uri) throw new Error("this machine's apt knows no Debian mirror to build the lab's hosts from");
  return uri;
}

/** What all hosts have in common beyond their packages. */
async function furnish(root: string): Promise<void> {
  rmSync(join(root, "var/cache/apt/archives"), { recursive: true, force: true });
  mkdirSync(join(root, "var/cache/apt/archives/partial"), { recursive: true });
  for (const name of optional)
    rmSync(join(root, `etc/systemd/system/multi-user.target.wants/${name}.service`), { force: true });
  rmSync(join(root, "etc/systemd/system/sockets.target.wants/fcgiwrap.socket"), { force: true });
  for (const unit of [
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "systemd-networkd-wait-online.service",
    "e2scrub_reap.service",
  ]) {
    rmSync(join(root, `etc/systemd/system/${unit}`), { force: true });
    symlinkSync("/dev/null", join(root, `etc/systemd/system/${unit}`));
  }
  const networkd = join(root, "etc/systemd/system/multi-user.target.wants/systemd-networkd.service");
  if (!existsSync(networkd)) symlinkSync("/lib/systemd/system/systemd-networkd.service", networkd);
  writeFileSync(join(root, "etc/machine-id"), "");
  rmSync(join(root, "etc/resolv.conf"), { force: true });
  writeFileSync(join(root, "etc/resolv.conf"), "");
}
