import { readMapAgain } from "../host/haproxy.ts";
import type { Host } from "../host/host.ts";
import { loadRuleset } from "../host/nftables.ts";
import { tellVarnish } from "../host/varnish.ts";
import type { Item, KnownItem, Listener } from "../model/item.ts";

/** Tells a listener of files that are new, different or gone; without any, of all. What it has afterwards is what is there. */
type Tell = (host: Host, paths: readonly string[]) => Promise<void>;

const oneByOne =
  (tell: (host: Host, path: string) => Promise<void>): Tell =>
  async (host, paths) => {
    for (const path of paths) await tell(host, path);
  };

const listeners: Readonly<Record<Listener, Tell>> = {
  haproxy: oneByOne(readMapAgain),
  nftables: oneByOne(loadRuleset),
  varnish: tellVarnish,
};

/** Reading its configuration again, this one forgets what it has been told; others have read the files, too. */
const forgetful: Listener = "varnish";

/** Tells those who take changes at run time; `reloaded` have just read their configuration again. */
export async function tellAll(
  host: Host,
  changes: readonly { readonly item: Item | KnownItem }[],
  reloaded: readonly string[] = [],
): Promise<void> {
  for (const [name, tell] of Object.entries(listeners)) {
    const paths = changes.flatMap(({ item }) => (item.type === "file" && item.toldTo === name ? [item.path] : []));
    if (!reloaded.includes(name)) {
      if (paths.length > 0) await tell(host, paths);
    } else if (name === forgetful) await tell(host, []);
  }
}
