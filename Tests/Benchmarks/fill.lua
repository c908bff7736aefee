-- A different path for each request: `/products/1`, `/products/2` and so on, from the number after `--`.

local number

function init(arguments) number = tonumber(arguments[1]) end

function request()
   number = number + 1
   return wrk.format("GET", "/products/" .. number)
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests": %d, "failedStatus": %d, "failedSocket": %d}\n',
      summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
