-- What the generator sends (arguments after `--`: the method, then the file of a JSON body), and its figures as one line of JSON.

function init(arguments)
   wrk.method = arguments[1]
   if arguments[2] then
      local file = assert(io.open(arguments[2], "rb"))
      wrk.body = file:read("*a")
      file:close()
      wrk.headers["Content-Type"] = "application/json"
   end
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests": %d, "microseconds": %d, "p50": %.1f, "p99": %.1f, "failedStatus": %d, "failedSocket": %d}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
