import { type ApacheNode, comment, directive, printApache, section } from "../../daemons/apache/config.ts";
import { doorHeaders, doorSocket } from "../../daemons/doorkeeper.ts";
import { literally } from "../../daemons/literally.ts";
import { headerFor } from "../header.ts";
import { type Form, forms } from "./answers.ts";
import { cookieName, type Key, type Layout, linkPath, tokenPattern } from "./layout.ts";

/** What a virtual host includes; one file for each site or pattern. */
export const apacheFiles = (layout: Layout): Record<string, string> =>
  Object.fromEntries(
    layout.keys.map((key) => [
      `/etc/apache2/upkeep/maintenance/${key.name}/${layout.name}.conf`,
      printApache([
        ...headerFor("Maintenance", layout.name).map(comment),
        ...verdict(layout, key),
        ...refusal(layout, key),
      ]),
    ]),
  );

/** For a virtual host that has nothing else to say. */
export const answerEverything = (layout: Layout): ApacheNode[] => [
  directive("SetEnvIfExpr", "true", `${stateOf(layout)}=down`),
  when(`-n reqenv('${stateOf(layout)}')`, ...override, ...turnAway(layout)),
];

/** What has been found out about a request: `down`, or the token of the link that it has come by; else it is not set. */
const stateOf = ({ id }: Layout): string => `UPKEEP_${id}`;

/**
 * An expression of Apache's: https://httpd.apache.org/docs/2.4/expr.html. All that is looked at is there as soon as the
 * request has been read, so it is looked at once, before anything else of Apache's does anything, and while the switch is
 * off one file is looked for, and no more.
 */
function verdict(layout: Layout, key: Key): ApacheNode[] {
  const isOn = `-f '${layout.directory}/on/${key.name}'`;
  const state = stateOf(layout);
  const token = tokenPattern(layout);
  const isThere = (kind: "links" | "doors") => `-f '${layout.directory}/${kind}/${key.name}/$1'`;
  const hasLinks = layout.linkSeconds > 0;
  const cookie = `%{HTTP_COOKIE} =~ m#(?:^|;\\s*)${cookieName(layout)}=(${token})(?:;|$)# && ${isThere("links")}`;
  const asked = `%{REQUEST_METHOD} == 'GET' && %{REQUEST_URI} =~ m#^${literally(linkPath)}(${token})$#`;
  const link = `${asked} && ${isOn} && ${isThere("doors")}`;
  const mayPass = [kept(layout), ...allowed(layout), ...(hasLinks ? [cookie] : [])].map((each) => `! (${each})`);
  return [
    ...(hasLinks ? [directive("SetEnvIfExpr", link, `${state}=$1`, "no-proxy=1")] : []),
    directive(
      "SetEnvIfExpr",
      [isOn, ...(hasLinks ? [`-z reqenv('${state}')`] : []), ...mayPass].join(" && "),
      `${state}=down`,
    ),
  ];
}

/** An address that is not plain yet, as older versions have it here, is not taken for a kept one. */
function kept({ keep }: Layout): string {
  const paths = keep.map((path) => (path.endsWith("/") ? literally(path) : `${literally(path)}$`));
  const plain = "%{REQUEST_URI} !~ m#/[.][.]?(?:/|$)|//|%(?:2[eEfF]|5[cC])#";
  return `%{REQUEST_URI} =~ m#^(?:${paths.join("|")})# && ${plain}`;
}

/** Of a trusted proxy's request, what the proxy says of the visitor counts; of any other, who asks. */
function allowed({ allow, trustedProxies, addressHeader }: Layout): string[] {
  if (allow.length === 0) return [];
  const anyOf = (tests: readonly string[]) => `(${tests.join(" || ")})`;
  const peerIn = (network: string) => `%{REMOTE_ADDR} -ipmatch '${network}'`;
  const statedIn = (network: string) => `$1 -ipmatch '${network}'`;
  const peer = anyOf(allow.map(peerIn));
  if (trustedProxies.length === 0) return [peer];
  const isProxy = anyOf(trustedProxies.map(peerIn));
  return [
    `! ${isProxy} && ${peer}`,
    `${isProxy} && %{HTTP:${addressHeader}} =~ m#([^ ,]+) *$# && ${anyOf(allow.map(statedIn))}`,
  ];
}

const when = (expression: string, ...body: ApacheNode[]): ApacheNode => section("If", [expression], body);

const header = (name: string, value: string, ...condition: string[]): ApacheNode =>
  directive("Header", "always", "set", name, value, ...condition);

/** Whatever the site demands or rewrites. */
const override: readonly ApacheNode[] = [
  directive("AuthMerging", "Off"),
  directive("Require", "all", "granted"),
  section("IfModule", ["mod_rewrite.c"], [directive("RewriteEngine", "off")]),
];

/**
 * The refusal comes after all other sections of a virtual host, so whatever they demand, rewrite or pass on, it has the
 * last word. Its text is not looked for at an address, where something else might answer, but read from its file.
 */
function refusal(layout: Layout, key: Key): ApacheNode[] {
  const state = stateOf(layout);
  const isDown = `reqenv('${state}') == 'down'`;
  return [
    when(
      `-n reqenv('${state}')`,
      ...override,
      ...(layout.linkSeconds > 0
        ? [when(isDown, ...turnAway(layout)), when(`! ${isDown}`, ...letIn(layout, key))]
        : turnAway(layout)),
    ),
  ];
}

function turnAway({ directory, name, spec }: Layout): ApacheNode[] {
  const content = (file: string) => `%{file:${directory}/${file}}`;
  const say = (form: Form) => [
    header("Content-Type", forms[form]),
    directive("ErrorDocument", String(spec.status), content(`answer.${form}`)),
  ];
  const accepts = (pattern: string) => `%{HTTP:Accept} =~ m#${pattern}#`;
  return [
    header("Cache-Control", "no-store"),
    header("Retry-After", `expr=${content("answer.retry")}`),
    header("Vary", "Accept"),
    header("Upkeep-Maintenance", name),
    when(`${accepts("json")} && ! ${accepts("text/html.*json")}`, ...say("json")),
    section("ElseIf", [accepts("text/html|application/xhtml")], say("html")),
    section("Else", [], say("txt")),
    directive("Redirect", String(spec.status)),
  ];
}

/** A link is the doorkeeper's business, who is told which it is; what the site itself passes on is not passed on. */
const letIn = (layout: Layout, { name }: Key): ApacheNode[] => [
  directive("RequestHeader", "set", doorHeaders.link, `${layout.name}/${name}/%{${stateOf(layout)}}e`),
  directive("RequestHeader", "set", doorHeaders.scheme, "http"),
  directive("RequestHeader", "set", doorHeaders.scheme, "https", "expr=%{HTTPS} == 'on'"),
  directive("SetHandler", `proxy:unix:${doorSocket}|http://upkeep-door/`),
];
