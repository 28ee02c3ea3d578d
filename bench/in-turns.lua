-- For wrk(1): two ways of asking, `port,host,path` each, in turns of twenty on a connection of their own, so that whatever
-- else happens on the machine meets both alike. Prints a line for each two turns: the median of how long a request took
-- one way and the other, in microseconds.
local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds, nanoseconds; } moment; int clock_gettime(int, moment *);")
local monotonic, moment = 1, ffi.new("moment")

local function now()
  ffi.C.clock_gettime(monotonic, moment)
  return tonumber(moment.seconds) * 1e6 + tonumber(moment.nanoseconds) / 1e3
end

local turn = 20
local address, text, closing = {}, {}, {}
local way, asked, started = 1, 0, 0
local times, middle = {}, {}

function init(args)
  for i = 1, 2 do
    local port, host, path = args[i]:match("^(%d+),([^,]+),(.+)$")
    address[i] = wrk.lookup("127.0.0.1", port)[1]
    text[i] = wrk.format("GET", path, { Host = host })
    closing[i] = wrk.format("GET", path, { Host = host, Connection = "close" })
  end
end

function request()
  asked = asked + 1
  started = now()
  return asked == turn and closing[way] or text[way]
end

function response(status)
  local took = now() - started
  if status ~= 200 then error("answered " .. status) end
  -- The first of a turn has a process to find, the last a connection to close.
  if asked > 1 and asked < turn then times[#times + 1] = took end
  if asked < turn then return end
  table.sort(times)
  middle[way] = times[math.ceil(#times / 2)]
  if way == 2 then io.write(string.format("turns %.2f %.2f\n", middle[1], middle[2])) end
  times, asked, way = {}, 0, 3 - way
  wrk.thread.addr = address[way]
end
