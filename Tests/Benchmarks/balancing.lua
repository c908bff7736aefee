-- Requests for a thousand different paths, one after the other, and the figures as one line of JSON.

local number = 0

function request()
   number = (number + 1) % 1000
   return wrk.format("GET", "/things/" .. number)
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests": %d, "microseconds": %d, "p50": %.1f, "p99": %.1f, "failed": %d}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
