import { readMapAgain } from "../host/haproxy.ts";
import type { Host } from "../host/host.ts";
import { loadRuleset } from "../host/nftables.ts";
import type { Item, KnownItem, Listener } from "../model/item.ts";

/** How listeners are told that a file is new, different or gone. What they have afterwards is what is there. */
const listeners: Readonly<Record<Listener, (host: Host, path: string) => Promise<void>>> = {
  haproxy: readMapAgain,
  nftables: loadRuleset,
};

/** Tells those who take changes at run time; `except`: they have just read everything anew. */
export async function tellAll(
  host: Host,
  changes: readonly { readonly item: Item | KnownItem }[],
  except: readonly string[] = [],
): Promise<void> {
  for (const { item } of changes) {
    if (item.type === "file" && item.toldTo && !except.includes(item.toldTo))
      await listeners[item.toldTo](host, item.path);
  }
}
