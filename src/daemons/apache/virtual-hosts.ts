/** Where Upkeep's own virtual hosts are. */
const ours = "(/etc/apache2/upkeep/";

/**
 * Who has a host name by configuration that is not Upkeep's, according to `apache2ctl -t -D DUMP_VHOSTS`. Of two virtual
 * hosts with one name Apache silently serves the first.
 */
export function foreignHosts(dump: string): (name: string) => string | undefined {
  const exact = new Map<string, string>();
  const patterns: { readonly pattern: RegExp; readonly at: string }[] = [];
  // One section for each address; those without a site of ours are no competition.
  for (const section of dump.split(/^(?=\S)/m).filter((text) => text.includes(ours))) {
    let at = "";
    for (const line of withoutOurs(section).split("\n")) {
      at = /\((?<at>\/.*:\d+)\)$/.exec(line)?.groups?.at ?? at;
      const { name, wild } = /(?:namevhost|(?<wild>wild )?alias) (?<name>\S+)/.exec(line)?.groups ?? {};
      if (!name) continue;
      if (wild) patterns.push({ pattern: asPattern(name), at });
      else if (!exact.has(name.toLowerCase())) exact.set(name.toLowerCase(), at);
    }
  }
  return (name) => exact.get(name) ?? patterns.find(({ pattern }) => pattern.test(name))?.at;
}

/** Ours stand together, brought in by one file; ten thousand of them are not looked at one by one. */
function withoutOurs(section: string): string {
  const start = section.lastIndexOf("\n", section.indexOf(ours));
  const end = section.indexOf("\n         port ", section.lastIndexOf(ours));
  return `${section.slice(0, start)}${end < 0 ? "" : section.slice(end)}`;
}

const asPattern = (wildcard: string): RegExp =>
  new RegExp(`^${RegExp.escape(wildcard).replaceAll("\\*", ".*").replaceAll("\\?", ".")}$`, "i");
