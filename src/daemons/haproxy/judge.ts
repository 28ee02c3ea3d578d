import { lua } from "../lighttpd/lua.ts";
import { maintenanceDirectory } from "../maintenance.ts";
import { code, fileOf } from "../template.ts";

/**
 * HAProxy's script. It is asked only while a switch is on: `upkeep_judge` says whether a request is let through and in
 * which form it is answered otherwise, `upkeep_answer` answers. Pages may be larger than HAProxy's buffers, so a service
 * sends them.
 */
export const judge = (names: readonly string[]): string =>
  fileOf(
    code("-- Managed by Upkeep: answers for sites in maintenance."),
    lua`
local directory = ${`${maintenanceDirectory}/`}
local types = { html = "text/html; charset=utf-8", json = "application/problem+json", txt = "text/plain; charset=utf-8" }

local function networks_of(texts)
  local networks = {}
  for index, text in ipairs(texts) do networks[index] = core.parse_addr(text) end
  return networks
end

local maintenances = {}
for _, name in ipairs({ ${names.map((name) => lua`${name},`)} }) do
  local maintenance = dofile("/etc/haproxy/upkeep/" .. name .. ".lua")
  maintenance.allow = networks_of(maintenance.allow)
  maintenance.proxies = networks_of(maintenance.proxies)
  maintenances[name] = maintenance
end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

local function within(address, networks)
  local parsed = address and core.parse_addr(address)
  if not parsed then return false end
  for _, network in ipairs(networks) do
    if core.match_addr(parsed, network) then return true end
  end
  return false
end

local function header(txn, name)
  return txn.f:req_fhdr(name) or ""
end

local function is_kept(path, maintenance)
  for _, kept in ipairs(maintenance.keep) do
    if path == kept or (string.sub(kept, -1) == "/" and string.sub(path, 1, #kept) == kept) then
      return not (string.find(path, "/%.%.?/") or string.find(path, "/%.%.?$") or string.find(path, "//", 1, true)
        or string.find(path, "\\\\", 1, true) or string.find(string.lower(path), "%%2[ef]") or string.find(string.lower(path), "%%5c"))
    end
  end
  return false
end

-- Only what looks like a token of ours becomes part of a path.
local function find(kind, token, maintenance, key)
  if not token or not string.match(token, "^[a-z0-9.-]+%.%d+%.[%w_-]+$") then return nil end
  if string.sub(token, 1, #maintenance.name + 1) ~= maintenance.name .. "." then return nil end
  local path = directory .. maintenance.name .. "/" .. kind .. "/" .. key .. "/" .. token
  local text = read(path)
  return text and path, text
end

-- A link is a file that whoever is first gives another name.
local function exchange(token, maintenance, key)
  local door, cookie = find("doors", token, maintenance, key)
  if not door or tonumber(string.match(token, "%.(%d+)%.[%w_-]+$")) <= os.time() then return nil end
  -- One that lets nobody in any longer is not given away.
  if not find("links", string.match(cookie, "^[%w_]+=([^;]+);"), maintenance, key) then return nil end
  return os.rename(door, door .. ".used") and cookie
end

core.register_action("upkeep_judge", { "http-req" }, function(txn)
  local name, key = string.match(txn:get_var("txn.upkeep"), "^([^/]+)/(.+)$")
  txn:unset_var("txn.upkeep")
  local maintenance = maintenances[name]
  if not maintenance or txn:get_var("txn.upkeep_answer") then return end

  local path = txn.sf:path() or ""
  if is_kept(path, maintenance) then return end

  local visitor = txn.sf:src()
  if within(visitor, maintenance.proxies) then
    visitor = string.match(header(txn, maintenance.address_header), "([%x.:]+) *$")
  end
  if within(visitor, maintenance.allow) then return end

  local form = "txt"
  if maintenance.cookie then
    if find("links", txn.f:req_cook(maintenance.cookie), maintenance, key) then return end
    if txn.sf:method() == "GET" and string.sub(path, 1, #maintenance.link_path) == maintenance.link_path then
      local cookie = exchange(string.sub(path, #maintenance.link_path + 1), maintenance, key)
      if cookie then
        local secure = txn.sf:ssl_fc() == 1 or txn.f:ssl_fc() == 1
        txn:set_var("txn.upkeep_cookie", cookie .. (secure and "; Secure" or ""))
      end
    end
  end
  local accept = header(txn, "accept")
  local html = string.find(accept, "text/html", 1, true) or string.find(accept, "application/xhtml", 1, true)
  local json = string.find(accept, "json", 1, true)
  if json and not (html and html < json) then form = "json" elseif html then form = "html" end
  txn:set_var("txn.upkeep_answer", name .. "/" .. form)
end)

core.register_service("upkeep_answer", "http", function(applet)
  local name, form = string.match(applet:get_var("txn.upkeep_answer"), "^([^/]+)/(%w+)$")
  local maintenance = maintenances[name]
  local cookie = applet:get_var("txn.upkeep_cookie")
  local body = ""
  applet:add_header("cache-control", "no-store")
  if cookie then
    applet:set_status(303, "See Other")
    applet:add_header("location", "/")
    applet:add_header("set-cookie", cookie)
  else
    body = read(directory .. name .. "/answer." .. form) or ""
    applet:set_status(maintenance.status, maintenance.reason)
    applet:add_header("content-type", types[form])
    applet:add_header("retry-after", read(directory .. name .. "/answer.retry") or "600")
    applet:add_header("vary", "Accept")
    applet:add_header("upkeep-maintenance", name)
  end
  applet:add_header("content-length", tostring(#body))
  applet:start_response()
  if applet.method ~= "HEAD" and body ~= "" then applet:send(body) end
end)`,
  );
