import { hash } from "node:crypto";
import { block, comment, directive, expression, type NginxNode, printNginx, raw } from "../../daemons/nginx/config.ts";
import { refusedPattern } from "../../model/refused-names.ts";
import { headerFor } from "../header.ts";
import { identifierOf } from "../maintenance/layout.ts";
import type { Refusal } from "./refuse.ts";

/** What all sites share, on the level of http, and what a server block includes. */
export function nginxFiles({
  jail,
  directory,
  keys,
  status,
  trustedProxies,
  addressHeader,
}: Refusal): Record<string, string> {
  const head = headerFor("Jail", jail).map(comment);
  const id = identifierOf(jail);
  // PCRE takes names of up to 32 characters.
  const group = `upkeep_${hash("sha256", `jail ${jail}`).slice(0, 12)}`;
  const [isProxy, visitor, name] = ["proxy", "visitor", "name"].map((each) => `$upkeep_j_${id}_${each}`) as [
    string,
    string,
    string,
  ];
  const header = `$http_${addressHeader.toLowerCase().replaceAll("-", "_")}`;
  const map = (source: string, target: string, lines: readonly string[]): NginxNode =>
    block(
      "map",
      [expression(source), expression(target)],
      lines.map((line) => raw(`${line};`)),
    );
  const shared = [
    block(
      "geo",
      [expression("$remote_addr"), expression(isProxy)],
      [directive("default", "0"), ...trustedProxies.map((network) => directive(network, "1"))],
    ),
    // Of a trusted proxy's request, what the proxy says of the visitor counts.
    map(`${isProxy} ${header}`, visitor, [
      "default $remote_addr",
      `"~^1 (?:.*[, ])?(?<${group}_last>[0-9A-Fa-f.:]+) *$" $${group}_last`,
      '"~^1" ""',
    ]),
    map(visitor, name, ["default none", `"~^(?<${group}_name>${refusedPattern})" $${group}_name`]),
  ];
  const perServer = [
    block("if", [expression("(-f"), expression(`${directory}/${name}`), ")"], [directive("return", String(status))]),
  ];
  return {
    [`/etc/nginx/upkeep/maintenance/jail-${jail}.conf`]: printNginx([...head, ...shared]),
    ...Object.fromEntries(
      keys.map((key) => [
        `/etc/nginx/upkeep/maintenance/${key.name}/jail-${jail}.conf`,
        printNginx([...head, ...perServer]),
      ]),
    ),
  };
}
