import { caddyfile } from "../../daemons/caddy/caddyfile.ts";
import { doorHeaders, doorSocket } from "../../daemons/doorkeeper.ts";
import { literally } from "../../daemons/literally.ts";
import { type Code, code, fileOf } from "../../daemons/template.ts";
import { headerFor } from "../header.ts";
import { type Form, forms } from "./answers.ts";
import { cookieName, identifierOf, insidePath, type Key, type Layout, linkPath, tokenPattern } from "./layout.ts";
import { networkPattern } from "./network-pattern.ts";

/** What a site block imports; one file for each site or pattern. */
export const caddyFiles = (layout: Layout): Record<string, string> =>
  Object.fromEntries(
    layout.keys.map((key) => [`/etc/caddy/upkeep/maintenance/${key.name}/${layout.name}.caddy`, snippet(layout, key)]),
  );

function snippet(layout: Layout, key: Key): string {
  const { directory, name } = layout;
  const id = idOf(layout, key);
  const matcher = code(`@upkeep_${id}`);
  const closed = code(`@upkeep_${id}_closed`);
  const still = code(`@upkeep_${id}_still`);
  const variable = code(`upkeep_${id}`);
  const page = `${insidePath}${name}/${key.name}`;
  return fileOf(
    ...headerFor("Maintenance", name).map((line) => code(`# ${line}`)),
    ...(layout.linkSeconds > 0 ? [tokens(layout, key)] : []),
    caddyfile`
# The switch is looked at once, before anything else; what it says is kept in a variable.
${matcher} {
	${hostOf(key)}
	file {
		root ${`${directory}/on`}
		try_files ${`/${key.name}`}
	}
	${layout.keep.length > 0 ? caddyfile`not path ${words(layout.keep.map((path) => (path.endsWith("/") ? `${path}*` : path)))}` : code("")}
	${allowed(layout)}
	${layout.linkSeconds > 0 ? notLetIn(layout, key) : code("")}
}
vars ${matcher} ${variable} closed
${closed} vars ${variable} closed
${layout.linkSeconds > 0 ? link(layout, key) : code("")}
# Whatever else this site does with addresses and files finds nothing to do.
root ${closed} ${directory}
method ${closed} GET
uri ${closed} path_regexp ^.*$ ${page}
handle ${page} {
	${still} vars ${variable} closed
	handle ${still} {
		@retry file {
			root ${`${directory}/retry`}
			try_files /*
		}
		map {http.matchers.file.relative} {upkeep_after} {
			~^/?(.+)$ "\${1}"
		}
		header @retry Retry-After {upkeep_after}
		header {
			Cache-Control no-store
			Vary Accept
			Upkeep-Maintenance ${name}
			-Etag
			-Last-Modified
			-Accept-Ranges
			defer
		}
		request_header -Range
		request_header -If-Range
		request_header -If-Modified-Since
		request_header -If-None-Match
		request_header -If-Match
		request_header -If-Unmodified-Since
		@json {
			header_regexp Accept json
			not header_regexp Accept text/html.*json
		}
		@html header_regexp Accept text/html|application/xhtml
		${[say(layout, "json", "@json"), say(layout, "html", "@html"), say(layout, "txt", "")]}
	}
}`,
  );
}

/** Of each site or pattern its own: a site block may be concerned by several. */
const idOf = ({ id }: Layout, key: Key): string => `${id}_${identifierOf(key.name)}`;

const words = (texts: readonly string[]): Code => code(texts.map((text) => caddyfile`${text}`.code).join(" "));

/** A block may serve more names than these. */
const hostOf = ({ covers, host }: Key): Code =>
  covers === "all"
    ? code("")
    : covers === "one"
      ? caddyfile`host ${host}`
      : caddyfile`header_regexp Host ${`(?i)\\.${literally(host)}(:[0-9]+)?$`}`;

const say = ({ spec }: Layout, form: Form, matcher: string): Code => caddyfile`handle ${code(matcher)} {
	header Content-Type ${forms[form]}
	rewrite * ${`/answer.${form}`}
	file_server {
		status ${spec.status}
	}
}`;

/** Of a trusted proxy's request, what the proxy says of the visitor counts; of any other, who asks. */
function allowed({ allow, trustedProxies, addressHeader }: Layout): Code {
  if (allow.length === 0) return code("");
  const peers = caddyfile`remote_ip ${words(allow)}`;
  if (trustedProxies.length === 0) return caddyfile`not ${peers}`;
  const patterns = allow.map(networkPattern);
  return caddyfile`not {
	${peers}
	not remote_ip ${words(trustedProxies)}
}
not {
	remote_ip ${words(trustedProxies)}
	header_regexp ${addressHeader} ${code(`"(?i)(?:^|[, ])(?:${patterns.join("|")}) *$"`)}
}`;
}

/** Only what looks like a token of ours becomes part of a path: Caddy would take a star there for a pattern. */
function tokens(layout: Layout, key: Key): Code {
  const pattern = (before: string) => code(`"~^${before}(${tokenPattern(layout)})$"`);
  const pick = (source: string, before: string, target: string) => caddyfile`map ${code(source)} ${code(target)} {
	${pattern(before)} "\${1}"
	default none
}`;
  return code(
    [
      pick(`{http.request.cookie.${cookieName(layout)}}`, "", cookieToken(layout, key)),
      // Worked out when it is asked for, and by then the address may be another.
      pick("{http.request.orig_uri.path}", literally(linkPath), linkToken(layout, key)),
    ]
      .map((each) => each.code)
      .join("\n"),
  );
}

const cookieToken = (layout: Layout, key: Key): string => `{upkeep_${idOf(layout, key)}_cookie}`;
const linkToken = (layout: Layout, key: Key): string => `{upkeep_${idOf(layout, key)}_given}`;

const isThere = (kind: "links" | "doors", { directory }: Layout, key: Key, token: string): Code => caddyfile`file {
	root ${`${directory}/${kind}/${key.name}`}
	try_files ${code(`/${token}`)}
}`;

const notLetIn = (layout: Layout, key: Key): Code => caddyfile`not {
	${isThere("links", layout, key, cookieToken(layout, key))}
}`;

/** A link is the doorkeeper's business. */
function link(layout: Layout, key: Key): Code {
  const id = idOf(layout, key);
  const variable = code(`upkeep_${id}`);
  const asked = code(`@upkeep_${id}_link`);
  const door = code(`@upkeep_${id}_door`);
  const path = `${insidePath}door/${layout.name}/${key.name}`;
  return caddyfile`${asked} {
	vars ${variable} closed
	method GET
	${isThere("doors", layout, key, linkToken(layout, key))}
}
vars ${asked} ${variable} door
${door} vars ${variable} door
root ${door} ${layout.directory}
uri ${door} path_regexp ^.*$ ${path}
handle ${path} {
	${code(`@upkeep_${id}_still_door`)} vars ${variable} door
	reverse_proxy ${code(`@upkeep_${id}_still_door`)} ${`unix/${doorSocket}`} {
		header_up ${doorHeaders.link} ${code(`"${layout.name}/${key.name}/${linkToken(layout, key)}"`)}
		header_up ${doorHeaders.scheme} {scheme}
	}
}`;
}
