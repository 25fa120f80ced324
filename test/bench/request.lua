-- For wrk: sends one request over and over, each time with the next token.
-- Arguments: a file with the request as it goes over the wire, "{token}" where the token belongs; a file of tokens, one
-- a line. At the end one line of JSON is printed.

local requests = {}
local sent = 0

local function contents(name)
    local file = assert(io.open(name, "rb"))
    local text = file:read("*a")
    file:close()
    return text
end

function init(arguments)
    local template = contents(arguments[1])
    local start, stop = template:find("{token}", 1, true)
    if not start then
        requests[1] = template
        return
    end
    local before, behind = template:sub(1, start - 1), template:sub(stop + 1)
    for token in contents(arguments[2]):gmatch("[^\n]+") do
        requests[#requests + 1] = before .. token .. behind
    end
end

function request()
    sent = sent % #requests + 1
    return requests[sent]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
        summary.requests, summary.duration, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
