import { comment, directive, printApache, section } from "../../daemons/apache/config.ts";
import { refusedPattern } from "../../model/refused-names.ts";
import { headerFor } from "../header.ts";
import { identifierOf } from "../maintenance/layout.ts";
import type { Refusal } from "./refuse.ts";

/** What a virtual host includes. Of a trusted proxy's request, what the proxy says of the visitor counts. */
export function apacheFiles({
  jail,
  directory,
  keys,
  status,
  trustedProxies,
  addressHeader,
}: Refusal): Record<string, string> {
  const variable = `UPKEEP_REFUSED_${identifierOf(jail)}`;
  const isThere = `-f '${directory}/$1'`;
  const peer = `%{REMOTE_ADDR} =~ m#^(${refusedPattern})# && ${isThere}`;
  const stated = `%{HTTP:${addressHeader}} =~ m#(?:^|[, ])(${refusedPattern.replace("|[0-9.]+$", "|[0-9.]+(?= *$)")})[0-9a-f:]* *$# && ${isThere}`;
  const isProxy = `(${trustedProxies.map((network) => `%{REMOTE_ADDR} -ipmatch '${network}'`).join(" || ")})`;
  const tests = trustedProxies.length === 0 ? [peer] : [`! ${isProxy} && ${peer}`, `${isProxy} && ${stated}`];
  const text = printApache([
    ...headerFor("Jail", jail).map(comment),
    ...tests.map((test) => directive("SetEnvIfExpr", test, `${variable}=1`)),
    section(
      "If",
      [`-n reqenv('${variable}')`],
      [directive("Header", "always", "set", "Cache-Control", "no-store"), directive("Redirect", String(status))],
    ),
  ]);
  return Object.fromEntries(keys.map((key) => [`/etc/apache2/upkeep/maintenance/${key.name}/jail-${jail}.conf`, text]));
}
