import { lua } from "../../daemons/lighttpd/lua.ts";
import { type Code, code, fileOf } from "../../daemons/template.ts";
import { headerFor } from "../header.ts";
import { type Form, forms } from "./answers.ts";
import { cookieName, type Layout, linkPath } from "./layout.ts";
import { luaNetworks } from "./lua-networks.ts";

/** A script of mod_magnet for every request, before anything else looks at it. */
export const lighttpdFiles = (layout: Layout): Record<string, string> => ({
  [`/etc/lighttpd/upkeep/${layout.name}.lua`]: script(layout),
});

/** Is there while any of its switches is on. */
export const activeFile = ({ directory }: Layout): string => `${directory}/active`;

function script(layout: Layout): string {
  const { keys, directory, spec, name } = layout;
  const below = keys.filter(({ covers }) => covers === "below");
  return fileOf(
    ...headerFor("Maintenance", name).map((line) => code(`-- ${line}`)),
    lua`
-- While it is off, this is all that is looked at.
if not lighty.c.stat(${activeFile(layout)}) then return 0 end

local r = lighty.r
local directory = ${`${directory}/`}
local flags = ${`${directory}/on/`}
`,
    ...(keys.some(({ covers }) => covers === "all")
      ? [lua`local key = "all"`]
      : [
          lua`
local host = r.req_attr["uri.authority"] or ""
local key = lighty.c.stat(flags .. host) and host
-- Most names end in a letter; a port, a dot or nothing at all is seldom, and looked at twice.
if not key and (string.byte(host, -1) or 0) <= 57 then
  host = string.match(string.lower(host), "^([a-z0-9][a-z0-9.-]*)") or ""
  if string.sub(host, -1) == "." then host = string.sub(host, 1, -2) end
  if host == "" then return 0 end
  key = lighty.c.stat(flags .. host) and host
end
-- What was sent may have led elsewhere: only what looks like a host name counts.
if key and not string.find(key, "^[a-z0-9][a-z0-9.-]*$") then return 0 end
${below.map(
  ({ host, name: file }) =>
    lua`if not key and string.sub(host, ${-host.length - 1}) == ${`.${host}`} and lighty.c.stat(flags .. ${file}) then key = ${file} end`,
)}`,
        ]),
    lua`
if not key then return 0 end
-- lighttpd may remember for a second that a file is there; that it is not, it looks up.
local flag = io.open(flags .. key)
if not flag then return 0 end
flag:close()

local path = r.req_attr["uri.path"] or ""
${layout.keep.map((kept) =>
  kept.endsWith("/")
    ? lua`if string.sub(path, 1, ${kept.length}) == ${kept} then return 0 end`
    : lua`if path == ${kept} then return 0 end`,
)}
${addresses(layout)}
${layout.linkSeconds > 0 ? letIn(layout) : code("")}

local accept = r.req_header["Accept"] or ""
local html = string.find(accept, "text/html", 1, true) or string.find(accept, "application/xhtml", 1, true)
local json = string.find(accept, "json", 1, true)
local form = "txt"
if json and not (html and html < json) then form = "json" elseif html then form = "html" end
local types = { ${(Object.keys(forms) as Form[]).map((form) => lua`${code(form)} = ${forms[form]},`)} }
-- Read here: what lighttpd sends as a file may be the one of a second ago.
local function content(name)
  local file = io.open(directory .. name)
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end
r.resp_header["Retry-After"] = content("answer.retry")
r.resp_header["Content-Type"] = types[form]
r.resp_header["Cache-Control"] = "no-store"
r.resp_header["Vary"] = "Accept"
r.resp_header["Upkeep-Maintenance"] = ${name}
r.resp_body:set({ content("answer." .. form) or "" })
return ${spec.status}`,
  );
}

/** Of a trusted proxy's request, what the proxy says of the visitor counts; of any other, who asks. */
function addresses({ allow, trustedProxies, addressHeader }: Layout): Code {
  if (allow.length === 0) return code("");
  return lua`
${luaNetworks}
local allowed = ${list(allow)}
local proxies = ${list(trustedProxies)}
local visitor = r.req_attr["request.remote-addr"] or ""
if within(visitor, proxies) then
  visitor = string.match(r.req_header[${addressHeader}] or "", "([%x.:]+) *$") or ""
end
if within(visitor, allowed) then return 0 end`;
}

const list = (networks: readonly string[]): Code =>
  networks.length === 0
    ? code("{}")
    : lua`{
  ${networks.map((network) => lua`network(${network}),`)}
}`;

function letIn(layout: Layout): Code {
  const pattern = `${layout.name.replaceAll(".", "%.").replaceAll("-", "%-")}%.%x+%.%d+%.[%w_-]+`;
  return lua`
local function is_known(token)
  local file = token and io.open(directory .. "links/" .. key .. "/" .. token)
  if not file then return false end
  file:close()
  return true
end
-- A link is a file that whoever is first gives another name.
local given = r.req_attr["request.method"] == "GET" and string.match(path, ${`^${linkPath.replaceAll(".", "%.")}(${pattern})$`})
local door = given and directory .. "doors/" .. key .. "/" .. given
local offer = door and io.open(door)
if offer then
  local cookie = offer:read("l")
  offer:close()
  local isOver = tonumber(string.match(given, "%.(%d+)%.[%w_-]+$")) <= os.time()
  -- One that lets nobody in any longer is not given away.
  if not isOver and is_known(string.match(cookie, "^[%w_]+=([^;]+);")) and os.rename(door, door .. ".used") then
    r.resp_header["Set-Cookie"] = cookie .. (r.req_attr["uri.scheme"] == "https" and "; Secure" or "")
    r.resp_header["Cache-Control"] = "no-store"
    r.resp_header["Location"] = "/"
    return 303
  end
end
for cookie in string.gmatch(r.req_header["Cookie"] or "", "[^; ]+") do
  if is_known(string.match(cookie, ${`^${cookieName(layout)}=(${pattern})$`})) then return 0 end
end`;
}
