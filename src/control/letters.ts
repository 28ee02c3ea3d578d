import type { ControlBus } from "../bus/bus.ts";
import { sealForHost } from "../bus/host-box.ts";
import { rhythm } from "../host/pace.ts";
import { kindNamed } from "../kinds/index.ts";
import type { Desired } from "../model/desired.ts";
import type { Estate } from "../store/estate.ts";
import type { Fleet } from "../store/fleet.ts";

/** What is sent to hosts, its secrets sealed for the one that it is for. */
export interface Letters {
  seal(host: string, entry: Desired): Promise<Desired>;
  /** The host has another key now. */
  forget(host: string): void;
}

/** Milliseconds for which a host's key is taken to be what it was: another control plane may have let it join anew. */
const memory = rhythm(5_000);

export function lettersTo(bus: ControlBus, fleet: Fleet, estate: Estate): Letters {
  const keys = new Map<string, { readonly key: string | undefined; readonly until: number }>();
  const keyOf = async (host: string): Promise<string | undefined> => {
    const known = keys.get(host);
    if (known && known.until > Date.now()) return known.key;
    const key = (await fleet.host(host))?.boxKey;
    keys.set(host, { key, until: Date.now() + memory });
    return key;
  };
  return {
    async seal(host, entry) {
      const { resource } = entry;
      const fields = (resource && kindNamed(resource.kind)?.secrets) ?? [];
      const spec = resource?.spec as Readonly<Record<string, unknown>> | undefined;
      if (bus.isPrivate || !resource || !fields.some((field) => spec?.[field] !== undefined)) return entry;
      const key = await keyOf(host);
      // Who has no key gets what only we can open, and says that it cannot.
      return key === undefined
        ? { ...entry, resource: estate.sealed(resource, fields) }
        : sealForHost(entry, fields, key);
    },
    forget: (host) => void keys.delete(host),
  };
}
