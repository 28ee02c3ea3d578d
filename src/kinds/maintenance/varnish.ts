import { doorHeaders } from "../../daemons/doorkeeper.ts";
import { literally } from "../../daemons/literally.ts";
import { systemFile } from "../../daemons/system-items.ts";
import { type Code, code, fileOf } from "../../daemons/template.ts";
import { doorBackend } from "../../daemons/varnish/varnish.ts";
import { vcl } from "../../daemons/varnish/vcl.ts";
import type { FileItem } from "../../model/item.ts";
import { headerFor } from "../header.ts";
import { type Form, forms } from "./answers.ts";
import { cookieName, type Layout, linkPath, tokenPattern } from "./layout.ts";
import { statuses } from "./schema.ts";

/**
 * Varnish reads a file once and never again, so each version of the answers has files of its own, named by so many binary
 * digits. Which version is current is asked digit by digit, by whether files exist: that, it looks up every time.
 */
export const versionDigits = 24;

/**
 * Stands for "off", in memory: nobody is sent there, but Varnish is told at run time whether to take it for healthy. While
 * it is not, switches are looked for; so a Varnish that has just started, and has not been told, does what it should. A
 * director, since the first backend of a file would become the one that requests go to.
 */
const offDirector = ({ id }: Layout): string => `upkeep_off_${id}`;

/** What Varnish is told of it: one line, `upkeep_off_relaunch healthy`. */
export const healthFile = (layout: Layout, on: boolean): FileItem => ({
  ...systemFile(`${layout.directory}/health`, `${offDirector(layout)} ${on ? "auto" : "healthy"}\n`),
  toldTo: "varnish",
});

export const varnishFiles = (layout: Layout): Record<string, string> => ({
  [`/etc/varnish/upkeep/${layout.name}.vcl`]: program(layout),
});

const comments = (lines: readonly string[]): Code => code(lines.map((line) => `# ${line}`).join("\n"));

function program(layout: Layout): string {
  const key = code(`req.http.Upkeep-Key-${layout.id}`);
  const host = code(`req.http.Upkeep-Host-${layout.id}`);
  const off = code(offDirector(layout));
  const reason = `upkeep ${layout.name}`;
  return fileOf(
    comments(headerFor("Maintenance", layout.name)),
    vcl`
      import std;
      import cookie;
      import directors;
    `,
    ...acls(layout),
    vcl`
      sub vcl_init {
        new ${off} = directors.fallback();
      }

      sub vcl_recv {
        unset ${key};
        if (!std.healthy(${off}.backend())) {
          ${findKey(layout, key, host)}
        }
        if (${key}) {
          ${[
            ...(layout.allow.length > 0 ? [allowed(layout, key)] : []),
            ...(layout.keep.length > 0 ? [keep(layout, key)] : []),
            ...(layout.linkSeconds > 0 ? [letIn(layout, key)] : []),
          ]}
        }
        if (${key}) {
          return (synth(${1000 + layout.spec.status}, ${reason}));
        }
      }

      sub vcl_synth {
        if (resp.reason == ${reason}) {
          set resp.http.Cache-Control = "no-store";
          ${answer(layout)}
        }
      }
    `,
  ).replace(/^ {6}/gm, "");
}

/** Only what looks like a host name becomes part of a path; most are as they should be. */
function findKey({ keys, directory }: Layout, key: Code, host: Code): Code {
  const flag = (name: string) => vcl`std.file_exists(${`${directory}/on/${name}`})`;
  if (keys.some(({ covers }) => covers === "all")) return vcl`if (${flag("all")}) {\n  set ${key} = "all";\n}`;
  const look = (name: Code) => [
    ...(keys.some(({ covers }) => covers === "one")
      ? [vcl`if (std.file_exists(${`${directory}/on/`} + ${name})) {\n  set ${key} = ${name};\n}`]
      : []),
    ...keys.flatMap(({ name: file, covers, host: domain }) =>
      covers === "below"
        ? [vcl`if (!${key} && ${name} ~ ${`\\.${literally(domain)}$`} && ${flag(file)}) {\n  set ${key} = ${file};\n}`]
        : [],
    ),
  ];
  return vcl`if (req.http.Host ~ "^[a-z0-9][a-z0-9.-]*[a-z0-9]$") {
  ${look(code("req.http.Host"))}
} else {
  set ${host} = regsub(std.tolower(req.http.Host), ${"\\.?(:[0-9]+)?$"}, "");
  if (${host} ~ "^[a-z0-9][a-z0-9.-]*$") {
    ${look(host)}
  }
  unset ${host};
}`;
}

function acls({ id, allow, trustedProxies }: Layout): Code[] {
  const acl = (name: string, networks: readonly string[]) =>
    vcl`acl ${code(`upkeep_${id}_${name}`)} {
  ${networks.map((network) => {
    const [address = "", length = ""] = network.split("/");
    return vcl`${address}/${Number(length)};`;
  })}
}`;
  if (allow.length === 0) return [];
  return [acl("allow", allow), ...(trustedProxies.length > 0 ? [acl("proxies", trustedProxies)] : [])];
}

/** Varnish has added the peer to X-Forwarded-For by now: what the peer itself says is what stands before. */
function allowed({ id, trustedProxies, addressHeader }: Layout, key: Code): Code {
  const allowList = code(`upkeep_${id}_allow`);
  const proxies = code(`upkeep_${id}_proxies`);
  const header = code(`req.http.${addressHeader}`);
  const last =
    addressHeader === "x-forwarded-for" ? "^(?:.*[, ])?([0-9A-Fa-f.:]+) *,[^,]*$" : "^(?:.*[, ])?([0-9A-Fa-f.:]+) *$";
  if (trustedProxies.length === 0) return vcl`if (${key} && client.ip ~ ${allowList}) {\n  unset ${key};\n}`;
  return vcl`if (${key} && client.ip ~ ${proxies}) {
  if (${header} ~ ${last} && std.ip(regsub(${header}, ${last}, ${"\\1"}), "0.0.0.0") ~ ${allowList}) {
    unset ${key};
  }
} elsif (${key} && client.ip ~ ${allowList}) {
  unset ${key};
}`;
}

/** The address is as it was sent: one that is not plain is not taken for a kept one. */
function keep({ keep: kept }: Layout, key: Code): Code {
  const paths = kept.map((path) => (path.endsWith("/") ? literally(path) : `${literally(path)}(?:\\?|$)`));
  return vcl`if (${key} && req.url ~ ${`^(?:${paths.join("|")})`} && req.url !~ ${"/\\.\\.?(?:/|\\?|$)|//|\\\\|%(?:2[eEfF]|5[cC])"}) {\n  unset ${key};\n}`;
}

/** A link is the doorkeeper's business. */
function letIn(layout: Layout, key: Code): Code {
  const token = tokenPattern(layout);
  const cookie = vcl`cookie.get(${cookieName(layout)})`;
  const given = vcl`regsub(req.url, ${`^${literally(linkPath)}`}, "")`;
  const file = (kind: "links" | "doors", value: Code) =>
    vcl`std.file_exists(${`${layout.directory}/${kind}/`} + ${key} + "/" + ${value})`;
  const [linkHeader, schemeHeader] = [doorHeaders.link, doorHeaders.scheme].map((name) => code(`req.http.${name}`));
  return vcl`if (${key}) {
  cookie.parse(req.http.Cookie);
  if (${cookie} ~ ${`^${token}$`} && ${file("links", cookie)}) {
    unset ${key};
  } elsif (req.method == "GET" && req.url ~ ${`^${literally(linkPath)}${token}$`} && ${file("doors", given)}) {
    set ${linkHeader!} = ${`${layout.name}/`} + ${key} + "/" + ${given};
    set ${schemeHeader!} = "http";
    if (req.http.X-Forwarded-Proto == "https" || std.port(local.ip) == 443) {
      set ${schemeHeader!} = "https";
    }
    set req.backend_hint = ${code(doorBackend)};
    return (pass);
  }
}`;
}

function answer({ id, name, directory, spec }: Layout): Code {
  const version = code(`req.http.Upkeep-Version-${id}`);
  const digits = Array.from(
    { length: versionDigits },
    (_, digit) => vcl`std.file_exists(${`${directory}/now/${digit}`})`.code,
  ).join(" +\n    ");
  const file = (end: string) => vcl`${`${directory}/answers/`} + ${version} + ${`.${end}`}`;
  const say = (form: Form) => vcl`set resp.http.Content-Type = ${forms[form]};
synthetic(std.fileread(${file(form)}));`;
  return vcl`set ${version} = "" + ${code(digits)};
set ${version} = regsuball(regsuball(${version}, "true", "1"), "false", "0");
if (!std.file_exists(${file("retry")})) {
  # The version has changed while we were reading it.
  return (restart);
}
set resp.status = ${spec.status};
set resp.reason = ${statuses[spec.status]};
set resp.http.Retry-After = std.fileread(${file("retry")});
set resp.http.Vary = "Accept";
set resp.http.Upkeep-Maintenance = ${name};
if (req.http.Accept ~ "json" && req.http.Accept !~ "text/html.*json") {
  ${say("json")}
} elsif (req.http.Accept ~ "text/html|application/xhtml") {
  ${say("html")}
} else {
  ${say("txt")}
}
return (deliver);`;
}
