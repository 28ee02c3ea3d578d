import { readMapAgain } from "../host/haproxy.ts";
import type { Host } from "../host/host.ts";
import { loadRuleset } from "../host/nftables.ts";
import { tellVarnish } from "../host/varnish.ts";
import type { Item, KnownItem, Listener } from "../model/item.ts";

interface Manner {
  /** Tells it that a file is new, different or gone. What it has afterwards is what is there. */
  readonly tell: (host: Host, path: string) => Promise<void>;
  /** What reading its configuration again does to what it was told: it has read the files, or it has forgotten all. */
  readonly afterReload: "knows" | "forgets";
}

const manners: Readonly<Record<Listener, Manner>> = {
  haproxy: { tell: readMapAgain, afterReload: "knows" },
  nftables: { tell: loadRuleset, afterReload: "knows" },
  varnish: { tell: tellVarnish, afterReload: "forgets" },
};

/** Tells those who take changes at run time; `reloaded` have just read their configuration again. */
export async function tellAll(
  host: Host,
  changes: readonly { readonly item: Item | KnownItem }[],
  reloaded: readonly string[] = [],
): Promise<void> {
  for (const { item } of changes) {
    if (item.type === "file" && item.toldTo && !reloaded.includes(item.toldTo))
      await manners[item.toldTo].tell(host, item.path);
  }
  for (const name of reloaded) {
    const manner = manners[name as Listener] as Manner | undefined;
    if (manner?.afterReload === "forgets") await manner.tell(host, "");
  }
}
