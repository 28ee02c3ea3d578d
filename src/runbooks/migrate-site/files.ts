import type { Host } from "../../host/host.ts";
import { type Link, Unreachable } from "../../host/link.ts";
import type { SiteSeen } from "../../model/move.ts";
import type { At } from "../runbook.ts";

/** What one pass came to. */
export interface Pass {
  /** Files, directories and links that were made, changed or removed. */
  readonly changed: number;
  readonly bytes: number;
}

export interface Trees {
  readonly site: string;
  /** Where it is there, and where it is here. */
  readonly there: string;
  readonly here: string;
}

export const treesOf = (site: SiteSeen, here: string): Trees => ({ site: site.name, there: site.directory, here });

/**
 * Makes one tree what the other is, see rsync(1). Owners go by name; logs stay. Returns what had to be done.
 */
export async function copyTree(
  { processes }: Pick<Host, "processes">,
  link: Link,
  { site, there, here }: Trees,
  direction: "hither" | "thither",
  onProgress: (bytes: number) => void = () => {},
): Promise<Pass> {
  const [shell, target] = link.rsync;
  const [from, to] = [`${target}:${there}/`, `${here}/`];
  const argv = [
    // It does not outlive us.
    "setpriv",
    "--pdeathsig",
    "KILL",
    "--",
    "rsync",
    // --archive without devices and sockets
    "-rlptgoH",
    "--delete",
    "--exclude=/log",
    "--partial",
    "--stats",
    "--out-format=%i",
    "--info=progress2",
    "--no-human-readable",
    "-e",
    shell,
    `--rsync-path=upkeep-rsync ${site}`,
    "--",
    ...(direction === "hither" ? [from, to] : [to, from]),
  ] as const;
  const { code, stdout, stderr } = await processes.run(argv, {
    timeout: 7 * 86_400_000,
    onOutput(text) {
      const bytes = [...text.matchAll(/(?:^|\r)\s*(\d+)\s+\d+%/g)].at(-1)?.[1];
      if (bytes !== undefined) onProgress(Number(bytes));
    },
  });
  // 24: some vanished while it went on, which is what files of a living site do.
  if (code !== 0 && code !== 24) {
    const said = stderr.trim().split("\n").slice(0, 3).join("; ");
    if (code === 255 || code === 12 || code === 30 || code === 10) throw new Unreachable(`rsync: ${said}`);
    throw new Error(`rsync: ${said || `it ended with ${code}`}`);
  }
  const lines = stdout
    .split(/[\n\r]/)
    .filter((line) => /^(?!\.[fdLDS]\.{2}[t.]\.+$)([<>ch.][fdLDS][^ ]{9}|\*deleting)/.test(line));
  const bytes = /^Total transferred file size: (\d+)/m.exec(stdout)?.[1];
  return { changed: lines.length, bytes: Number(bytes ?? 0) };
}

/** A pass that takes no longer than this leaves no more for the last one than it may have. Milliseconds. */
const quick = 2_000;
const mostPasses = 6;

/** Copies while the site lives on, again and again, until what has changed meanwhile takes no time. */
export async function copyInPasses(
  host: Pick<Host, "processes" | "clock">,
  link: Link,
  trees: Trees,
  whole: number,
  at: At,
): Promise<void> {
  let former = Number.POSITIVE_INFINITY;
  for (let pass = 1; pass <= mostPasses; pass++) {
    at.breathe();
    const began = host.clock.now();
    const { changed, bytes } = await copyTree(host, link, trees, "hither", (done) =>
      at.progress({ done, ...(pass === 1 && { of: whole }), unit: "bytes", says: `pass ${pass}` }),
    );
    const took = host.clock.now() - began;
    at.say(`pass ${pass}: ${changed} changed, ${bytes} bytes, ${took} ms`);
    if (pass === 1) at.figure({ name: "copied", value: bytes, unit: "bytes" });
    // It gets no quicker than that while the site is as busy.
    if (took <= quick || took > former * 0.7) return;
    former = took;
  }
}
