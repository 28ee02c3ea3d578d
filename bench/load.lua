-- Counts answers by status: wrk itself only tells those beyond 399 from the others.
local paths = { "/", "/?p=1", "/?p=10", "/wp-content/uploads/photoaaaa.jpg", "/wp-includes/css/dashicons.min.css" }
local next = 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init()
  counts = ""
  seen = {}
end

function request()
  next = next % #paths + 1
  return wrk.format("GET", paths[next])
end

function response(status)
  seen[status] = (seen[status] or 0) + 1
  local text = {}
  for each, count in pairs(seen) do
    table.insert(text, each .. "=" .. count)
  end
  counts = table.concat(text, ",")
end

function done(summary)
  local errors = summary.errors
  for _, thread in ipairs(threads) do
    print("statuses: " .. thread:get("counts"))
  end
  print("errors: " .. (errors.connect + errors.read + errors.write + errors.timeout))
end
