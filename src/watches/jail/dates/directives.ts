/*
 * What `%` and a letter stand for in a date pattern: those of strptime(3) that logs use, with `Ex` the exact ones that
 * fail2ban has added (two digits where two are written, years of this century). See jail.conf(5), "datepattern".
 */

const zone = "[A-Z](?:[A-Z]{2,4})?";
const offset = "[+-][01]\\d(?::?\\d{2})?";
const months = ["january", "february", "march", "april", "may", "june", "july"].concat([
  ...["august", "september", "october", "november", "december"],
]);
const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const short = (names: readonly string[]) => names.map((name) => name.slice(0, 3)).join("|");

/** Expressions in Python's syntax, each with a group that says what it is. */
const directives: Readonly<Record<string, string>> = {
  a: `(?P<a>${short(days)})`,
  A: `(?P<A>${days.join("|")})`,
  b: `(?P<b>${short(months)})`,
  B: `(?P<B>${months.join("|")})`,
  d: "(?P<d>3[01]|[12]\\d|[0 ]?[1-9])",
  Exd: "(?P<d>3[01]|[12]\\d|0[1-9])",
  f: "(?P<f>\\d{1,6})",
  H: "(?P<H>2[0-3]|[01]?\\d)",
  ExH: "(?P<H>2[0-3]|[01]\\d)",
  k: " ?(?P<H>2[0-3]|[01]?\\d)",
  Exk: " ?(?P<H>2[0-3]|[01]?\\d)",
  I: "(?P<I>1[0-2]|0?[1-9])",
  l: " ?(?P<I>1[0-2]|[1-9])",
  Exl: " ?(?P<I>1[0-2]|[1-9])",
  j: "(?P<j>36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9])",
  m: "(?P<m>1[0-2]|0?[1-9])",
  Exm: "(?P<m>1[0-2]|0[1-9])",
  M: "(?P<M>[0-5]?\\d)",
  ExM: "(?P<M>[0-5]\\d)",
  p: "(?P<p>am|pm)",
  S: "(?P<S>6[01]|[0-5]?\\d)",
  ExS: "(?P<S>6[01]|[0-5]\\d)",
  y: "(?P<y>\\d{2})",
  Exy: "(?P<y>\\d{2})",
  Y: "(?P<Y>\\d{4})",
  ExY: "(?P<Y>20\\d{2})",
  z: `(?P<z>Z|UTC|GMT|${offset})`,
  Z: "(?P<Z>Z|[A-Z]{3,5})",
  Exz: `(?P<z>(?:${zone})?${offset}|${zone})`,
  ExZ: `(?P<Z>${zone})`,
};

/** A date pattern as an expression in Python's syntax; what is not known stays. */
export function expressionOf(pattern: string): string {
  let hasWords = false;
  const text = pattern.replaceAll(/%(%|Ex[A-Za-z]|[A-Za-z])/g, (written, name: string) => {
    if (name === "%") return "%";
    if (/[aAbBpc]/.test(name)) hasWords = true;
    return directives[name] ?? written;
  });
  return hasWords ? `(?i)${text}` : text;
}

export const monthOf = (name: string): number => months.findIndex((each) => each.startsWith(name.toLowerCase())) + 1;
