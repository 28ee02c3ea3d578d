import { Resolver } from "node:dns/promises";
import type { Host } from "./host.ts";

/** Files of a zone as they are to be, by their paths. */
export type ZoneFiles = ReadonlyMap<string, string>;

/** Milliseconds within which BIND has to serve what it has been told to read. */
const patience = 5_000;

/**
 * Has BIND serve a zone with other files of ours: proves them with its own checker first, and sees that it serves them
 * afterwards. Rejects with everything as it was.
 */
export async function publishZone(
  host: Pick<Host, "files" | "processes" | "clock">,
  {
    zone,
    file,
    serial,
    wanted,
  }: { readonly zone: string; readonly file: string; readonly serial: number; readonly wanted: ZoneFiles },
): Promise<void> {
  const { files } = host;
  const former = new Map([...wanted.keys()].map((path) => [path, files.read(path)]));
  await prove(host, zone, file, wanted);
  for (const [path, content] of wanted) put(host, path, content);
  try {
    await reload(host, zone);
    await served(host, zone, serial);
  } catch (error) {
    for (const [path, content] of former) if (content !== undefined) put(host, path, content);
    await reload(host, zone).catch(() => {});
    throw error;
  }
}

/** The zone's file as it would be, with what it reads in beside it. */
async function prove(
  { files, processes }: Pick<Host, "files" | "processes">,
  zone: string,
  file: string,
  wanted: ZoneFiles,
) {
  let text = files.read(file) ?? "";
  const made: string[] = [];
  const make = (path: string, content: string) => {
    files.remove(path);
    files.create(path, content, rights);
    made.push(path);
  };
  try {
    for (const [path, content] of wanted) {
      make(`${path}.new`, content);
      text = text.replaceAll(`$INCLUDE "${path}"`, `$INCLUDE "${path}.new"`);
    }
    const whole = `${[...wanted.keys()][0]!}.zone`;
    make(whole, text);
    const { code, stdout, stderr } = await processes.run(["named-checkzone", "-q", zone, whole]);
    if (code === 0) return;
    const { stdout: words } = await processes.run(["named-checkzone", zone, whole]);
    throw new Error(`named-checkzone refuses ${zone}: ${(words || stdout || stderr).trim().slice(0, 500)}`);
  } finally {
    for (const path of made) files.remove(path);
  }
}

/** For BIND to read, and whoever asks it knows it anyway. */
const rights = { uid: 0, gid: 0, mode: 0o644 };

function put({ files }: Pick<Host, "files">, path: string, content: string): void {
  const next = `${path}.next`;
  files.remove(next);
  files.create(next, content, rights);
  files.rename(next, path);
}

async function reload({ processes }: Pick<Host, "processes">, zone: string): Promise<void> {
  const { code, stdout, stderr } = await processes.run(["rndc", "reload", zone]);
  if (code !== 0) throw new Error(`rndc reload ${zone}: ${(stderr || stdout).trim().slice(0, 300)}`);
}

async function served({ clock }: Pick<Host, "clock">, zone: string, serial: number): Promise<void> {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  resolver.setServers(["127.0.0.1"]);
  let found = "nothing" as number | string;
  const ask = async () => {
    found = await resolver.resolveSoa(zone).then(
      (soa) => soa.serial,
      (error: Error) => error.message,
    );
  };
  for (const deadline = clock.now() + patience; ; ) {
    await ask();
    if (found === serial) return;
    if (clock.now() > deadline) throw new Error(`BIND serves ${zone} with ${found} and not with serial ${serial}`);
    await clock.pause(2);
  }
}
