import { installPackages } from "../../host/packages.ts";
import type { SiteSeen } from "../../model/move.ts";
import { sizeOf } from "../../model/number.ts";
import type { Around, At, Doing } from "../runbook.ts";
import { copyInPasses, treesOf } from "./files.ts";
import { keyDirectory, operatorEnd, socketDirectory, state } from "./hosts.ts";
import { directoryHere, type Moving } from "./moving.ts";
import { namesBack } from "./names.ts";

/** How long the other host may be away before it is given up, while nothing is at stake. Milliseconds. */
export const patience = 600_000;

const byRoot = { uid: 0, gid: 0, mode: 0o600 };

export const keyStep = "key";

/** A key for this move and nothing else. */
export function makeKey({ host, move, input, sites, databases, old, link }: Moving): Doing {
  const directory = keyDirectory(move);
  const key = `${directory}/key`;
  return {
    name: keyStep,
    plan: () => ({
      does: [
        `makes a key here, and lets it in as root on ${input.from}, from here, for \`upkeep moving ${move}\` alone: these sites, these databases`,
      ],
    }),
    check: async () => {
      if (host.files.stat(key) === undefined) return false;
      return old.ask({ do: "drain", sites: [], seconds: 0 }).then(
        () => true,
        () => false,
      );
    },
    async run() {
      for (const path of ["/var/lib/upkeep/moves", directory])
        if (!host.files.stat(path)) host.files.makeDirectory(path, { ...byRoot, mode: 0o700 });
      for (const path of [key, `${key}.pub`]) host.files.remove(path);
      const argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", `upkeep-${move}`, "-f", key] as const;
      const { code, stderr } = await host.processes.run(argv);
      if (code !== 0) throw new Error(`ssh-keygen: ${stderr.trim()}`);
      const publicKey = (host.files.read(`${key}.pub`) ?? "").split(" ").slice(0, 2).join(" ");
      const names = sites.map(({ name }) => name);
      await operatorEnd(input.from).ask({ do: "open", move, key: publicKey, sites: names, databases: [...databases] });
    },
    verify: async () => {
      await old.ask({ do: "drain", sites: [], seconds: 0 });
    },
    async undo() {
      if (host.files.stat(key)) await old.ask({ do: "close", move });
      await link.close();
      forget(host.files, move);
    },
  };
}

/** Nothing of the move's own stays here. */
export function forget(files: Around["host"]["files"], move: string): void {
  for (const name of ["key", "key.pub"]) files.remove(`${keyDirectory(move)}/${name}`);
  for (const directory of [keyDirectory(move), socketDirectory(move)]) {
    for (const name of files.list(directory)) files.remove(`${directory}/${name}`);
    files.removeDirectory(directory);
  }
}

export function install({ host, packages }: Moving): Doing {
  return {
    name: "packages",
    plan: () => ({ does: packages.length === 0 ? ["nothing is missing here"] : [`installs ${packages.join(", ")}`] }),
    check: async () => {
      const { stdout } = await host.processes.run(["dpkg-query", "--show", "--showformat=${Package} ${Status}\n"]);
      return packages.every((name) => stdout.includes(`${name} install ok installed\n`));
    },
    run: async (at) => {
      const all = { files: host.files, processes: host.processes, clock: host.clock } as Parameters<
        typeof installPackages
      >[0];
      await installPackages(all, packages, (text) => at.progress({ done: 0, unit: "packages", says: lastLine(text) }));
    },
  };
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1)?.slice(0, 60) ?? "";

/** What the old host's record said when the site was made here. */
export const recordKey = (site: string): string => `record of ${site}`;

/** Certificates with their keys, where there are none yet; and the site, as it is there. */
export function makeSite(moving: Moving, site: SiteSeen): Doing {
  const { host, own, old, addresses } = moving;
  const directory = directoryHere(moving, site);
  const made = `certificate of ${site.name}`;
  const record = {
    kind: "Site",
    name: site.name,
    spec: { ...site.spec, trustedProxies: [...((site.spec.trustedProxies as string[]) ?? []), addresses.old] },
  };
  return {
    name: `site ${site.name}`,
    patience,
    plan: () => ({
      does: [
        `states Site/${site.name} here, which makes ${site.user} and ${directory}; it trusts ${addresses.old} to say who a visitor is`,
        ...(site.tls ? [`copies ${site.tls.certificate} and its key`] : []),
      ],
    }),
    check: async () => {
      const { sites } = await own.ask({ do: "stated", sites: [site.name] });
      return JSON.stringify(sites[site.name]?.trustedProxies) === JSON.stringify(record.spec.trustedProxies);
    },
    async run(at) {
      const { sites } = await old.ask({ do: "stated", sites: [site.name] });
      at.remember(recordKey(site.name), sites[site.name]);
      if (site.tls) {
        const { certificate, key } = await old.ask({ do: "certificate", site: site.name });
        const written: string[] = at.recall(made) ?? [];
        for (const [path, content] of [
          [site.tls.certificate, certificate],
          [site.tls.key, key],
        ] as const) {
          const there = host.files.stat(path) !== undefined;
          if (there && !written.includes(path)) {
            if (host.files.read(path) !== content) at.say(`${path} is here already, and is another; it stays`);
            continue;
          }
          if (!written.includes(path)) written.push(path);
          at.remember(made, written);
          placeFile(host.files, path, content);
        }
      }
      await state(own, [record]);
    },
    async undo(at) {
      await untilNamesAreForgotten(moving, at);
      await state(own, [{ ...record, spec: null }]);
      for (const path of at.recall<string[]>(made) ?? []) host.files.remove(path);
      // All that is in it came from there; rm(1) goes through no link.
      await host.processes.run(["rm", "--recursive", "--force", "--one-file-system", "--", directory]);
    },
  };
}

/** Whoever was told that names lead here may still come for a moment. */
async function untilNamesAreForgotten({ host, names, input }: Moving, at: At): Promise<void> {
  const end = (at.recall<number>(namesBack) ?? 0) + 1_000 * Math.min(names?.ttl ?? 0, input.ttl);
  while (host.clock.now() < end) {
    at.breathe();
    await host.clock.pause(200);
  }
}

function placeFile(files: Around["host"]["files"], path: string, content: string): void {
  const parts = path.split("/").slice(1, -1);
  for (const [index] of parts.entries()) {
    const directory = `/${parts.slice(0, index + 1).join("/")}`;
    if (!files.stat(directory)) files.makeDirectory(directory, { uid: 0, gid: 0, mode: 0o755 });
  }
  files.remove(path);
  files.create(path, content, byRoot);
}

/** All files, while the site lives on. */
export function copyFiles(moving: Moving, site: SiteSeen): Doing {
  const copied = `files of ${site.name}`;
  return {
    name: `files of ${site.name}`,
    patience,
    plan: () => ({
      does: [
        `copies ${sizeOf(site.bytes)} by rsync, again and again until what has changed meanwhile takes no time; logs stay`,
      ],
    }),
    check: async (at) => at.recall(copied) === true,
    async run(at) {
      await copyInPasses(moving.host, moving.link, treesOf(site, directoryHere(moving, site)), site.bytes, at);
      at.remember(copied, true);
    },
    // The files go with the site.
    undo: async (at) => at.remember(copied, false),
  };
}
