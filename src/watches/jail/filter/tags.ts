/*
 * The tags of fail2ban's expressions (jail.conf(5)): what `<HOST>` and its family, `<F-USER>...</F-USER>` and
 * `<SKIPLINES>` stand for, in Python's syntax.
 */

const ip4 = "(?:::f{4,6}:)?(?P<ip4>(?:\\d{1,3}\\.){3}\\d{1,3})";
const ip6 = "(?P<ip6>(?:[0-9a-fA-F]{1,4}::?|::){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):))";
const dns = "(?P<dns>[\\w\\-.^_]*\\w)";
const cidr = "(?P<cidr>\\d+)";
const address = `\\[?(?:${ip4}|${ip6})\\]?`;

const simple: Readonly<Record<string, string>> = {
  HOST: `(?:${address}|${dns})`,
  ADDR: address,
  SUBNET: `\\[?(?:${ip4}|${ip6})(?:/${cidr})?\\]?`,
  IP4: ip4,
  IP6: ip6,
  DNS: dns,
  CIDR: cidr,
  "F-ID/": "(?P<fid>\\S+)",
  "F-PORT/": "(?P<fport>\\w+)",
};

const groups: Readonly<Record<string, string>> = { id: "fid", port: "fport" };

/** An expression without tags. With `usedns` "no", hosts are addresses only. */
export function withoutTags(expression: string, usedns?: string): string {
  const open = new Set<string>();
  let skipped = 0;
  return expression.replaceAll(/<(\/?[\w-]+\/?)>/g, (tag, name: string) => {
    if (name === "HOST" && usedns === "no") return address;
    if (name === "SKIPLINES") return `\\n(?P<skiplines${skipped++}>(?:(?:.*\\n)*?))`;
    const known = simple[name] ?? simple[/^F-(\w+)\/$/.exec(name)?.[1] ?? ""];
    if (known !== undefined) return known;
    const [, end, custom] = /^(\/?)F-([A-Z0-9_-]+)$/.exec(name) ?? [];
    if (custom === undefined) return tag;
    if (end) return open.has(custom) ? ")" : tag;
    open.add(custom);
    return `(?P<${groups[custom.toLowerCase()] ?? custom.toLowerCase()}>`;
  });
}

/** What several groups say of one thing, as one: `alt_user_1` where `user` is empty, `tuple_id` beside `id`. */
export function mergedGroups(groups: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const merged: Record<string, string | undefined> = { ...groups };
  for (const name of Object.keys(groups).sort()) {
    const [, how, plain = ""] = /^(alt|tuple)_(.*?)(?:_\d+)?$/.exec(name) ?? [];
    if (how === undefined) continue;
    const of = plain === "id" ? "fid" : plain === "port" ? "fport" : plain;
    const value = groups[name];
    if (how === "alt") merged[of] ||= value;
    else merged[of] = [merged[of], value].map((each) => each ?? "").join(" ");
  }
  return merged;
}
