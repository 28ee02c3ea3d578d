import type { SiteSpec } from "../kinds/site/schema.ts";
import type { Facts } from "../model/facts.ts";
import type { Target } from "./render.ts";

/** The web servers that have sites once these targets are as they should be. */
export function servingWith({ serving, webServer }: Facts, targets: readonly Target[]): Facts["serving"] {
  const wanted = targets.flatMap(({ resource }) => {
    if (resource?.kind !== "Site") return [];
    const { server } = resource.spec as SiteSpec;
    return [server === undefined ? webServer : server === "apache" ? ("apache2" as const) : server];
  });
  const all = new Set([...serving, ...wanted]);
  return all.size === serving.length ? serving : [...all].sort();
}
