import { maintenanceNeed } from "../../daemons/maintenance.ts";
import { ownDirectory, systemDirectory, systemFile } from "../../daemons/system-items.ts";
import { refusalNeed } from "../../daemons/watches.ts";
import type { Facts } from "../../model/facts.ts";
import type { Item } from "../../model/item.ts";
import { refusedDirectory } from "../../model/refused-names.ts";
import { type Key, keysOf } from "../maintenance/layout.ts";
import { apacheFiles } from "./refuse-apache.ts";
import { nginxFiles } from "./refuse-nginx.ts";
import type { JailSpec } from "./schema.ts";

/** How the servers of sites refuse those whom a jail bans. */
export interface Refusal {
  readonly jail: string;
  readonly directory: string;
  readonly keys: readonly Key[];
  readonly status: number;
  readonly trustedProxies: readonly string[];
  readonly addressHeader: string;
}

const filesOf: Readonly<Record<"apache2" | "nginx", (refusal: Refusal) => Record<string, string>>> = {
  apache2: apacheFiles,
  nginx: nginxFiles,
};

/** Beside what maintenance has there: each site brings in what lies in its directory. */
export function refusalItems(
  jail: string,
  refuse: NonNullable<JailSpec["refuse"]>,
  { serving }: Facts,
): { readonly items: readonly Item[]; readonly needs: readonly string[] } {
  const directory = `${refusedDirectory}/${jail}`;
  const refusal: Refusal = { ...refuse, jail, directory, keys: keysOf(refuse) };
  const files = serving.flatMap((server) =>
    Object.entries(filesOf[server](refusal)).map(([path, content]) => ({ server, path, content })),
  );
  const parents = files.flatMap(({ path }) => /^.*\/maintenance\/[^/]+(?=\/)/.exec(path)?.[0] ?? []);
  return {
    items: [
      systemDirectory(refusedDirectory),
      // To be entered by who knows what is in it; not to be read.
      { ...ownDirectory(directory, 0o711), goesWithContents: true },
      ...[...new Set(parents)].map((path) => ownDirectory(path)),
      ...files.map(({ server, path, content }) => systemFile(path, content, server)),
    ],
    needs: [refusalNeed, ...serving.map((server) => maintenanceNeed(server, `jail ${jail}`))],
  };
}
