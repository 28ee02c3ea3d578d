import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureLayers } from "./base.ts";
import { tidyGroups } from "./cgroups.ts";
import { labDirectory } from "./directory.ts";
import { endNamespaces, holdNamespaces } from "./namespaces.ts";
import type { PackageSet } from "./packages.ts";
import { type LabRelease, usualRelease } from "./releases.ts";

/**
 * A network of hosts with no way out. One process holds the namespaces for mounts, processes and network; when it ends,
 * however it ends, the kernel ends every host in it and takes down every mount.
 */
export interface World {
  /** The process that holds everything. */
  readonly keeper: number;
}

/** A host takes a dozen instances of inotify(7), and all hosts are the same root to the kernel. */
const inotify = { file: "/proc/sys/fs/inotify/max_user_instances", enough: 4096 };

/** `lasting`: outlives the process that opened it, for the command line. */
export async function openWorld({ lasting = false, progress = (_text: string) => {} } = {}): Promise<World> {
  mkdirSync(join(labDirectory, "compile-cache"), { recursive: true });
  allowInotify(progress);
  tidyGroups();
  const { keeper, inside } = await holdNamespaces({ lasting, network: true });
  await inside("mount", "-t", "tmpfs", "-o", "mode=0755,size=75%", "tmpfs", "/mnt");
  await inside("ip", "link", "set", "lo", "up");
  await inside("ip", "link", "add", "br0", "type", "bridge");
  await inside("ip", "link", "set", "br0", "up");
  await inside("ip", "address", "add", "198.51.100.1/24", "dev", "br0");
  return { keeper };
}

/** Linux allows 128 unless told otherwise; two tests at once need more. */
function allowInotify(progress: (text: string) => void): void {
  const { file, enough } = inotify;
  if (Number(readFileSync(file, "utf8")) >= enough) return;
  try {
    writeFileSync(file, String(enough));
  } catch (error) {
    progress(`ten hosts and more need ${file} to be ${enough}, which could not be set: ${(error as Error).message}`);
  }
}

export const closeWorld: (world: World) => void = endNamespaces;

/** What a host is made of. */
export interface Make {
  readonly release: LabRelease;
  /** Directories that it is overlaid on, the topmost first. */
  readonly layers: readonly string[];
}

/** What hosts with these packages are made of; builds it where it is not there yet. */
export async function makeOf(
  { release = usualRelease, packages }: { readonly release?: LabRelease; readonly packages?: PackageSet | undefined },
  progress: (text: string) => void = () => {},
): Promise<Make> {
  return { release, layers: await ensureLayers(release, packages, progress) };
}

export interface BootOptions {
  /** Which web server the host starts with. */
  readonly server: "apache2" | "nginx" | "none";
  /** A file, not there yet, for an ext4 of the host's own; without it, what the host writes is kept in memory. */
  readonly disk?: string;
}
