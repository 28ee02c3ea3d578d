import { code } from "../../daemons/template.ts";

/**
 * `network("192.0.2.0/24")` and `within("192.0.2.7", {network(...)})` in Lua, for servers that have nothing of the kind.
 * Addresses become lists of 16-bit groups; IPv4 is as IPv6 maps it (RFC 4291, 2.5.5.2). What is no address is in no
 * network.
 */
export const luaNetworks = code(`local function groups_of(address)
  local a, b, c, d = string.match(address, "^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  if not a then a, b, c, d = string.match(string.lower(address), "^::ffff:(%d+)%.(%d+)%.(%d+)%.(%d+)$") end
  if a then
    a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
    if a > 255 or b > 255 or c > 255 or d > 255 then return nil end
    return { 0, 0, 0, 0, 0, 65535, a * 256 + b, c * 256 + d }
  end
  if not string.find(address, ":", 1, true) or string.find(address, "[^%x:]") or #address > 39 then return nil end
  local function read(text)
    local groups = {}
    for group in string.gmatch(text, "[^:]+") do
      if #group > 4 then return nil end
      groups[#groups + 1] = tonumber(group, 16)
    end
    return groups
  end
  local head, tail = string.match(address, "^(.-)::(.*)$")
  local groups = read(head or address)
  if not groups then return nil end
  if head then
    local rest = read(tail)
    if not rest then return nil end
    for _ = 1, 8 - #groups - #rest do groups[#groups + 1] = 0 end
    for _, group in ipairs(rest) do groups[#groups + 1] = group end
  end
  return #groups == 8 and groups or nil
end

local function network(text)
  local address, length = string.match(text, "^(.-)/(%d+)$")
  local bits = tonumber(length)
  if not string.find(address, ":", 1, true) then bits = bits + 96 end
  return { groups = groups_of(address), bits = bits }
end

local function within(address, networks)
  local groups = groups_of(address)
  if not groups then return false end
  for _, net in ipairs(networks) do
    local left, same = net.bits, true
    for index = 1, 8 do
      if left <= 0 then break end
      local divisor = left >= 16 and 1 or 2 ^ (16 - left)
      if groups[index] // divisor ~= net.groups[index] // divisor then
        same = false
        break
      end
      left = left - 16
    end
    if same then return true end
  end
  return false
end`);
