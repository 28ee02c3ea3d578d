import { createRequire } from "node:module";
import type { Desired } from "../model/desired.ts";
import { hasSealed, isSealed, type Sealed } from "../model/sealed.ts";

/*
 * Secrets on their way, and on the host's disk: sealed for the one host that needs them (X25519 and XSalsa20-Poly1305,
 * as NATS' xkeys), so that neither the bus nor another host can read them.
 */

const mark = "x:";

/** A tenth of what a command like `get` needs to start; so it is loaded by those that have something to seal or open. */
const nkeys = () => createRequire(import.meta.url)("@nats-io/nkeys") as typeof import("@nats-io/nkeys");

/** A host's pair of keys; the private half stays where it was made. */
export function makeHostBox(): { readonly publicKey: string; readonly seed: string } {
  const pair = nkeys().createCurve();
  return { publicKey: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) };
}

/** The entry with these fields of its spec for this host's eyes only. */
export function sealForHost(entry: Desired, fields: readonly string[], publicKey: string): Desired {
  const { resource } = entry;
  if (!resource || fields.length === 0) return entry;
  const spec = Object.entries(resource.spec as object).map(([field, value]): [string, unknown] => {
    if (!fields.includes(field) || value === undefined) return [field, value];
    const sender = nkeys().createCurve();
    const box = sender.seal(new TextEncoder().encode(JSON.stringify(value)), publicKey);
    return [field, { $sealed: `${mark}${sender.getPublicKey()}:${Buffer.from(box).toString("base64")}` }];
  });
  return { ...entry, resource: { ...resource, spec: Object.fromEntries(spec) } };
}

/** Opens what has been sealed for this host; what has been sealed for others stays as it is. */
export function hostBox(seed: string): (spec: unknown) => unknown {
  const open = (value: Sealed): unknown => {
    const [, sender, box] = value.$sealed.split(":");
    const opened = nkeys()
      .fromCurveSeed(new TextEncoder().encode(seed))
      .open(new Uint8Array(Buffer.from(box ?? "", "base64")), sender ?? "");
    return opened ? JSON.parse(new TextDecoder().decode(opened)) : value;
  };
  return (spec) =>
    hasSealed(spec)
      ? Object.fromEntries(
          Object.entries(spec as object).map(([field, value]) => [
            field,
            isSealed(value) && value.$sealed.startsWith(mark) ? open(value) : value,
          ]),
        )
      : spec;
}
