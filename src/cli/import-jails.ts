import { existsSync, readdirSync } from "node:fs";
import { dump } from "js-yaml";
import { UserError } from "../model/problem.ts";
import { type Imported, readJails } from "../watches/jail/filter/import.ts";
import type { Invocation } from "./command.ts";
import { readText } from "./read-text.ts";

/** fail2ban's jails as resources, to be looked over and applied. */
export function importJails(directory: string, { options, json, terminal }: Invocation): 0 {
  const services = readText("/etc/services") ?? "";
  const port = (name: string) => {
    const found = new RegExp(`^${name.replaceAll(/\W/g, "\\$&")}\\s+(\\d+)/`, "m").exec(services)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const list = (path: string) => (existsSync(path) ? readdirSync(path) : []);
  let all: readonly Imported[];
  try {
    all = readJails(directory, { read: readText, list, port });
  } catch (error) {
    throw new UserError(`${directory}: ${(error as Error).message}`);
  }
  const wanted = all.filter(({ isEnabled }) => isEnabled || options.all === true);
  const resources = wanted.map(({ name, spec }) => ({ kind: "Jail", name, spec }));
  if (json) terminal.print(JSON.stringify(resources, undefined, 2));
  else
    terminal.print(
      resources
        .map((resource) => dump(resource, { lineWidth: 120 }))
        .join("---\n")
        .trimEnd(),
    );
  for (const { name, remarks } of wanted) for (const remark of remarks) terminal.remark(`${name}: ${remark}`);
  if (wanted.length < all.length)
    terminal.remark(`${all.length - wanted.length} jails are not enabled in fail2ban; --all brings them, too`);
  return 0;
}
