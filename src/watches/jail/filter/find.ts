import type { JailConfig } from "../../../model/jail.ts";
import type { Reader } from "./config.ts";
import { type Definition, parseFilterName, readFilter } from "./definition.ts";
import { readOwnFilter } from "./own.ts";

/** Where fail2ban's package has its filters. */
export const usualFilters = "/etc/fail2ban/filter.d";

/** The filter that a jail names or has. Throws where there is none, or it cannot be read. */
export function filterOf(filter: JailConfig["filter"], read: Reader, directory = usualFilters): Definition {
  if (typeof filter !== "string") return readOwnFilter(filter, "its own");
  const { name, options } = parseFilterName(filter);
  return readFilter(name.includes("/") ? name : `${directory}/${name}`, options, read);
}
