import { type ApacheNode, bare, comment, directive, printApache, section } from "../../daemons/apache/config.ts";
import { literally } from "../../daemons/literally.ts";
import { headerFor } from "../header.ts";
import type { Form } from "./answers.ts";
import { cookieAttributes, cookieName, insidePath, type Key, type Layout, linkPath, tokenPattern } from "./layout.ts";

/** What a virtual host includes; one file for each site or pattern. */
export const apacheFiles = (layout: Layout): Record<string, string> =>
  Object.fromEntries(
    layout.keys.map((key) => [
      `/etc/apache2/upkeep/maintenance/${key.name}/${layout.name}.conf`,
      printApache([...headerFor("Maintenance", layout.name).map(comment), ...rules(layout, key)]),
    ]),
  );

/** For a virtual host that has nothing else to say. */
export const answerEverything = (layout: Layout): ApacheNode[] => [
  directive("RewriteEngine", "on"),
  ...answers(layout).flat(),
  ...rule([], "^", downPath(layout.name), "PT", `E=${turnedAway(layout)}:1`),
  refusal(layout),
];

/** Says that it was we who sent a request there, and not the visitor who asked for it. */
const turnedAway = ({ id }: Layout): string => `UPKEEP_DOWN_${id}`;

/** Where mod_rewrite sends visitors, to be refused there; and where the refusal's page comes from. */
const downPath = (name: string): string => `/.upkeep/down/${name}`;
const pagePath = (name: string): string => `${insidePath}${name}`;

function rules(layout: Layout, key: Key): ApacheNode[] {
  const whileOn = [
    ...answers(layout),
    // What a server sends on within itself has been let in already.
    rule([condition("%{ENV:REDIRECT_STATUS}", "!^$")], "^", "-", skipRest),
    ...keep(layout),
    ...(layout.linkSeconds > 0 ? letIn(layout, key) : []),
    ...allowed(layout),
    rule([], "^", downPath(layout.name), "PT", `E=${turnedAway(layout)}:1`),
  ];
  return [
    directive("RewriteEngine", "on"),
    // While the switch is off one file is looked for, and all else is skipped; but a page that has been begun is finished.
    ...rule(
      [
        condition(`${layout.directory}/on/${key.name}`, "!-f"),
        condition("%{ENV:REDIRECT_STATUS}", `!=${layout.spec.status}`),
      ],
      "^",
      "-",
      `S=${whileOn.length}`,
    ),
    ...whileOn.flatMap((each, index) => resolveSkip(each, whileOn.length - index - 1)),
    ...cookies(layout),
    refusal(layout),
  ].flat();
}

type Rule = ApacheNode[];

const condition = (test: string, pattern: string, ...flags: string[]): ApacheNode =>
  directive("RewriteCond", bare(test), bare(pattern), ...(flags.length > 0 ? [bare(`[${flags.join(",")}]`)] : []));

const expression = (text: string, ...flags: string[]): ApacheNode =>
  directive("RewriteCond", "expr", text, ...(flags.length > 0 ? [bare(`[${flags.join(",")}]`)] : []));

const rule = (conditions: readonly ApacheNode[], pattern: string, target: string, ...flags: string[]): Rule => [
  ...conditions,
  directive("RewriteRule", bare(pattern), bare(target), bare(`[${flags.join(",")}]`)),
];

/** Stands for "skip the rest of what is done while the switch is on", until it is known how much that is. */
const skipRest = "S=rest";

const resolveSkip = (nodes: Rule, rest: number): Rule =>
  nodes.map((node) =>
    node.node === "directive" && node.name === "RewriteRule"
      ? {
          ...node,
          args: node.args.map((argument) =>
            typeof argument !== "string" && argument.bare === `[${skipRest}]` ? bare(`[S=${rest}]`) : argument,
          ),
        }
      : node,
  );

function keep({ keep: kept }: Layout): Rule[] {
  if (kept.length === 0) return [];
  const paths = kept.map((path) => (path.endsWith("/") ? literally(path) : `${literally(path)}$`));
  return [rule([], `^(?:${paths.join("|")})`, "-", skipRest)];
}

/** A link sets the cookie, the cookie lets in; both are good as long as their file is there. */
function letIn(layout: Layout, key: Key): Rule[] {
  const token = tokenPattern(layout);
  const known = (reference: string) => condition(`${layout.directory}/links/${key.name}/${reference}`, "-f");
  const link = `^${literally(linkPath)}(${token})$`;
  return [
    rule([known("$1"), condition("%{HTTPS}", "=on")], link, "/", "R=303", `E=UPKEEP_TLS_${layout.id}:$1`, "END"),
    rule([known("$1")], link, "/", "R=303", `E=UPKEEP_${layout.id}:$1`, "END"),
    rule(
      [condition("%{HTTP:Cookie}", `(?:^|;\\s*)${cookieName(layout)}=(${token})(?:;|$)`), known("%1")],
      "^",
      "-",
      skipRest,
    ),
  ];
}

function cookies(layout: Layout): ApacheNode[] {
  if (layout.linkSeconds === 0) return [];
  const set = (variable: string, more: string) =>
    directive(
      "Header",
      "always",
      "set",
      "Set-Cookie",
      `${cookieName(layout)}=%{${variable}}e; ${cookieAttributes(layout)}${more}`,
      `env=${variable}`,
    );
  const variables = [`UPKEEP_TLS_${layout.id}`, `UPKEEP_${layout.id}`];
  return [
    set(variables[0]!, "; Secure"),
    set(variables[1]!, ""),
    ...variables.map((each) => directive("Header", "always", "set", "Cache-Control", "no-store", `env=${each}`)),
  ];
}

/** Of a trusted proxy's request, what the proxy says of the visitor counts; of any other, who asks. */
function allowed({ allow, trustedProxies, addressHeader }: Layout): Rule[] {
  if (allow.length === 0) return [];
  const anyOf = (tests: readonly string[]) =>
    tests.map((test, index) => expression(test, ...(index < tests.length - 1 ? ["OR"] : [])));
  const peerIn = (network: string) => `%{REMOTE_ADDR} -ipmatch '${network}'`;
  const statedIn = (network: string) => `%{HTTP:${addressHeader}} =~ m#([^ ,]+) *$# && $1 -ipmatch '${network}'`;
  return [
    rule(
      [...trustedProxies.map((network) => expression(`! ${peerIn(network)}`)), ...anyOf(allow.map(peerIn))],
      "^",
      "-",
      skipRest,
    ),
    ...(trustedProxies.length > 0
      ? [rule([...anyOf(trustedProxies.map(peerIn)), ...anyOf(allow.map(statedIn))], "^", "-", skipRest)]
      : []),
  ];
}

/** The answer in the form that the visitor asks for; it carries its own status and headers. */
function answers({ name, directory }: Layout): Rule[] {
  const page = `^${literally(pagePath(name))}$`;
  const send = (form: Form, ...conditions: ApacheNode[]) =>
    rule(conditions, page, `${directory}/answer.${form}.asis`, "H=send-as-is", "END");
  const accepts = (pattern: string) => condition("%{HTTP:Accept}", pattern);
  return [
    send("json", accepts("json"), accepts("!text/html.*json")),
    send("html", accepts("text/html|application/xhtml")),
    send("txt"),
  ];
}

/**
 * The refusal itself. An error document is asked for with GET, whatever was asked before, so that POST gets the page,
 * too; and as it belongs to this address alone, the site's own error pages stay.
 */
function refusal(layout: Layout): ApacheNode {
  const { name, spec } = layout;
  const at = (path: string) => `%{REQUEST_URI} == '${path}'`;
  return section(
    "If",
    [`${at(downPath(name))} || ${at(pagePath(name))}`],
    [
      directive("AuthMerging", "Off"),
      directive("Require", "all", "granted"),
      section(
        "If",
        [`${at(downPath(name))} && -n reqenv('${turnedAway(layout)}')`],
        [directive("ErrorDocument", String(spec.status), pagePath(name)), directive("Redirect", String(spec.status))],
      ),
    ],
  );
}
