import { doorAccount } from "../../daemons/doorkeeper.ts";
import { keyOf } from "../../daemons/maintenance.ts";
import { ownDirectory } from "../../daemons/system-items.ts";
import type { MaintenanceLink } from "../../model/facts.ts";
import type { DirectoryItem } from "../../model/item.ts";
import { cookieAttributes, cookieName, type Layout } from "./layout.ts";

/*
 * A link is a file in a directory of whoever exchanges it: the server itself, where it runs programs of ours, or the
 * doorkeeper. It is exchanged by renaming the file, which only one can do, and only once.
 */

/** Who exchanges links. */
const exchangers: Readonly<Record<string, string>> = { lighttpd: "www-data", haproxy: "haproxy" };

export const exchangerOf = ({ spec: { server } }: Layout): string => exchangers[server ?? ""] ?? doorAccount;

const directoryOf = ({ directory }: Layout, site: string): string => `${directory}/doors/${keyOf(site)}`;

/** To be entered by who knows what is in it; not to be read. */
export const doorDirectories = (layout: Layout, links: readonly MaintenanceLink[]): DirectoryItem[] =>
  links.length === 0
    ? []
    : [
        ownDirectory(`${layout.directory}/doors`, 0o711),
        ...[...new Set(links.map(({ site }) => directoryOf(layout, site)))].map(
          (path): DirectoryItem => ({
            ...ownDirectory(path, 0o711),
            owner: exchangerOf(layout),
            group: exchangerOf(layout),
            goesWithContents: true,
          }),
        ),
      ];

/** The file that makes a link good: there once the server knows the cookie, gone once it has been used. */
export const doorOf = (layout: Layout, { site, token, cookie }: MaintenanceLink) => ({
  path: `${directoryOf(layout, site)}/${token}`,
  /** What to say after `Set-Cookie: `, over https with `; Secure`. */
  content: `${cookieName(layout)}=${cookie}; ${cookieAttributes(layout)}`,
  readableFor: exchangerOf(layout),
});

/** The name that the file has from then on. */
export const used = (path: string): string => `${path}.used`;
