import { hash } from "node:crypto";
import { doorHeaders, doorSocket } from "../../daemons/doorkeeper.ts";
import { literally } from "../../daemons/literally.ts";
import { block, comment, directive, expression, type NginxNode, printNginx, raw } from "../../daemons/nginx/config.ts";
import { headerFor } from "../header.ts";
import { type Form, forms } from "./answers.ts";
import { cookieName, insidePath, type Key, type Layout, linkPath, tokenPattern, tokenPrefix } from "./layout.ts";
import type { MaintenanceSpec } from "./schema.ts";

/** What all of it shares, on the level of http, and what a server block includes for each site or pattern. */
export function nginxFiles(layout: Layout): Record<string, string> {
  const head = headerFor("Maintenance", layout.name).map(comment);
  const file = (nodes: readonly NginxNode[]) => printNginx([...head, ...nodes]);
  return {
    [`/etc/nginx/upkeep/maintenance/${layout.name}.conf`]: file(shared(layout)),
    ...Object.fromEntries(
      layout.keys.map((key) => [
        `/etc/nginx/upkeep/maintenance/${key.name}/${layout.name}.conf`,
        file(perServer(layout, key)),
      ]),
    ),
  };
}

/** Statuses that nobody uses stand for the real ones, so that the site's own pages for those stay the site's own. */
const internalStatuses: Readonly<Record<MaintenanceSpec["status"], string>> = {
  403: "592",
  404: "593",
  410: "594",
  429: "595",
  500: "596",
  502: "597",
  503: "599",
  504: "598",
};

const internalStatus = ({ spec }: Layout): string => internalStatuses[spec.status];

/** Of each site or pattern its own: a server block may be concerned by several, and by several maintenances. */
const pagePath = ({ name }: Layout, key: Key): string => `${insidePath}${name}/${key.name}`;

/** Where the page is of whatever turns a request away. */
const answerVariable = "$upkeep_answer";

const turnAway = (layout: Layout, key: Key): NginxNode[] => [
  directive("set", expression(answerVariable), expression(pagePath(layout, key))),
  directive("return", internalStatus(layout)),
];

const answerHere = (layout: Layout): NginxNode =>
  directive("error_page", internalStatus(layout), `=${layout.spec.status}`, expression(answerVariable));

const bodyPath = ({ name }: Layout, key: Key): string => `/.upkeep/answer/${name}/${key.name}/`;

/** Variables, each of this maintenance alone. */
const variables = ({ id }: Layout) => ({
  /** Empty: the switch is off. `closed`, `open`, or `grant`: to be seen. */
  state: `$upkeep_${id}`,
  /** What the state is to be while the switch is on. */
  verdict: `$upkeep_${id}_verdict`,
  isProxy: `$upkeep_${id}_proxy`,
  visitor: `$upkeep_${id}_visitor`,
  isAllowed: `$upkeep_${id}_allowed`,
  /** A cookie that looks like one of ours; nothing else ever becomes part of a path. */
  cookie: `$upkeep_${id}_cookie`,
  linkFile: `$upkeep_${id}_link`,
  retryLink: `$upkeep_${id}_retry`,
  retryAfter: `$upkeep_${id}_after`,
  /** Empty but in the answer itself: whoever looks for it from outside learns nothing. */
  name: `$upkeep_${id}_name`,
});

/** Maps are worked out when someone asks for them: while the switch is off, nobody does. */
function shared(layout: Layout): NginxNode[] {
  const { allow, trustedProxies, addressHeader } = layout;
  const names = variables(layout);
  // PCRE takes names of up to 32 characters.
  const group = `upkeep_${hash("sha256", layout.name).slice(0, 12)}`;
  const header = `$http_${addressHeader.replaceAll("-", "_")}`;
  const token = tokenPattern(layout);
  const kept = [
    ...layout.keep.map((path) => (path.endsWith("/") ? literally(path) : `${literally(path)}$`)),
    literally(insidePath),
    ...(layout.linkSeconds > 0 ? [`${literally(`${linkPath}${layout.name}`)}\\.`] : []),
  ];
  return [
    geo("$remote_addr", names.isProxy, trustedProxies),
    map(`"${names.isProxy} ${header}"`, names.visitor, [
      ["default", "$remote_addr"],
      [`"~^1 (?:.*[, ])?(?<${group}_last>[0-9A-Fa-f.:]+) *$"`, `$${group}_last`],
      ['"~^1"', '""'],
    ]),
    geo(names.visitor, names.isAllowed, allow),
    map(`$cookie_${cookieName(layout)}`, names.cookie, [
      ["default", '""'],
      [`"~^(?<${group}_token>${token})$"`, `$${group}_token`],
    ]),
    map(
      `"${names.isAllowed} ${names.cookie} $uri"`,
      names.verdict,
      [
        ["default", "closed"],
        ['"~^1"', "open"],
        [`"~^0 [^ ]* (?:${kept.join("|")})"`, "open"],
        ...(layout.linkSeconds > 0 ? ([['"~^0 [^ ]"', "grant"]] as const) : []),
      ],
      // Asked a second time when the request has become one for the page.
      ["volatile"],
    ),
    map(names.retryLink, names.name, [
      ["default", `"${layout.name}"`],
      ['""', '""'],
    ]),
    map(names.retryLink, names.retryAfter, [
      ["default", '""'],
      [`"~/retry/(?<${group}_value>[^/]+)$"`, `$${group}_value`],
    ]),
  ];
}

const geo = (address: string, name: string, networks: readonly string[]): NginxNode =>
  block(
    "geo",
    [expression(address), expression(name)],
    [directive("default", "0"), ...networks.map((network) => directive(network, "1"))],
  );

/** Patterns and values are ours, written as nginx reads them. */
const map = (
  source: string,
  name: string,
  lines: readonly (readonly [string, string])[],
  options: readonly string[] = [],
): NginxNode =>
  block(
    "map",
    [expression(source.replaceAll('"', "")), expression(name)],
    [...options.map((option) => directive(option)), ...lines.map(([pattern, value]) => raw(`${pattern} ${value};`))],
  );

function perServer(layout: Layout, key: Key): NginxNode[] {
  const { state, verdict, cookie, linkFile, retryLink } = variables(layout);
  const set = (name: string, value: string) => directive("set", expression(name), expression(value));
  const when = (test: readonly Parameters<typeof expression>[0][], ...then: NginxNode[]) =>
    block("if", test.map(expression), then);
  const flag = `${layout.directory}/on/${key.name}`;
  const links = `${layout.directory}/links/${key.name}`;
  const hasLinks = layout.linkSeconds > 0;
  return [
    // While the switch is off one file is looked for, and no more.
    set(state, ""),
    ...(hasLinks ? [set(linkFile, "")] : []),
    when(["(-f", flag, ")"], set(state, verdict)),
    ...(hasLinks
      ? [
          when([`(${state}`, "=", "grant", ")"], set(state, "closed"), set(linkFile, `${links}/${cookie}`)),
          when(["(-f", linkFile, ")"], set(state, "open")),
        ]
      : []),
    when([`(${state}`, "=", "closed", ")"], ...turnAway(layout, key)),
    answerHere(layout),
    // Where the link `retry-after` leads is what Retry-After says: a variable that can change without a reload.
    block(
      "location",
      ["=", pagePath(layout, key)],
      [
        directive("internal"),
        ...open,
        directive("root", `${layout.directory}/retry-after`),
        set(retryLink, "$realpath_root"),
        directive("rewrite", "^", expression(`${bodyPath(layout, key)}answer.$upkeep_format`), "last"),
      ],
    ),
    block("location", ["^~", bodyPath(layout, key)], body(layout)),
    ...(hasLinks ? [letIn(layout, key, flag)] : []),
  ];
}

/** Whatever the site demands elsewhere. */
const open: readonly NginxNode[] = [
  directive("auth_basic", "off"),
  directive("allow", "all"),
  directive("client_max_body_size", "0"),
];

function body(layout: Layout): NginxNode[] {
  return [
    directive("internal"),
    ...open,
    directive("disable_symlinks", "off"),
    directive("alias", `${layout.directory}/`),
    block(
      "types",
      [],
      // A name with a semicolon in it has to be quoted.
      (Object.keys(forms) as Form[]).map((form) => raw(`"${forms[form]}" ${form};`)),
    ),
    directive("etag", "off"),
    directive("expires", "off"),
    directive("max_ranges", "0"),
    directive("add_header", "Retry-After", expression(variables(layout).retryAfter), "always"),
    directive("add_header", "Cache-Control", "no-store", "always"),
    directive("add_header", "Vary", "Accept", "always"),
    directive("add_header", "Upkeep-Maintenance", expression(variables(layout).name), "always"),
  ];
}

/** A link is the doorkeeper's business; one that is not good, or no longer, is answered like everything else. */
function letIn(layout: Layout, key: Key, flag: string): NginxNode {
  const given = `$upkeep_${layout.id}_given`;
  const unless = (...test: string[]) => block("if", test.map(expression), turnAway(layout, key));
  return block(
    "location",
    ["^~", `${linkPath}${tokenPrefix(layout.name, key.name)}`],
    [
      ...open.slice(0, 2),
      // Where they are looked at, nginx opens what it only has to find, and this file is not for it to read.
      directive("disable_symlinks", "off"),
      block("if", ["(!-f", flag, ")"].map(expression), [directive("return", "404")]),
      directive("set", expression(given), "none"),
      block(
        "if",
        [expression("($uri"), "~", expression(`^${literally(linkPath)}(${tokenPattern(layout)})$`), ")"],
        [directive("set", expression(given), expression("$1"))],
      ),
      unless("(!-f", `${layout.directory}/doors/${key.name}/${given}`, ")"),
      unless("($request_method", "!=", "GET", ")"),
      directive("proxy_set_header", doorHeaders.link, expression(`${layout.name}/${key.name}/${given}`)),
      directive("proxy_set_header", doorHeaders.scheme, expression("$scheme")),
      directive("proxy_pass_request_body", "off"),
      directive("proxy_set_header", "Content-Length", ""),
      directive("proxy_intercept_errors", "off"),
      // Nobody is there: what stands here is all that does, so the usual answer is named again.
      answerHere(layout),
      directive("error_page", "502", "504", `=${layout.spec.status}`, pagePath(layout, key)),
      directive("proxy_pass", `http://unix:${doorSocket}`),
    ],
  );
}
