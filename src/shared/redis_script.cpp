#include "shared/redis_script.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/base64url.h"
#include "base/escape.h"

namespace shared {
namespace {

constexpr std::size_t numbers_of_share = 5;
constexpr std::int64_t largest = std::int64_t{1} << 53U;  // that a double holds exactly

// Line by line what src/mcp/rate_limit.cpp does, by its names. All numbers are whole and below 2^53; math.fmod is exact
// there, and Lua's own % is not. pcall, because an error of a command shall keep its own first word in Redis 6.
constexpr std::string_view script = R"lua(
local fmod, min, max = math.fmod, math.min, math.max
local time = redis.call('TIME')
local now = min(tonumber(time[1]) * 1000000 + tonumber(time[2]), 4503599627370496)

local function div(x, y) return (x - fmod(x, y)) / y end
local function clamp(x, low, high) return max(low, min(x, high)) end

local function bucket(requests, period, limit, s)
  local function time_for(units)
    local product = units * period
    local rest = fmod(product, requests)
    return (product - rest) / requests, rest
  end
  local full, full_rest = time_for(limit)
  if s.a < now then s.a, s.b = now, 0
  elseif s.a - now > full + period then s.a, s.b = now + full, full_rest
  else s.b = clamp(s.b, 0, requests - 1) end
  s.c = 0
  local view = {limit = limit}
  function view.remaining()
    if s.a - now > full then return 0 end
    return div(max(0, limit * period - (s.a - now) * requests - s.b), period)
  end
  function view.reset() return s.a - now + (s.b > 0 and 1 or 0) end
  function view.wait(units)
    if units > limit then return -1 end
    local allowed, rest = time_for(limit - units)
    return max(0, s.a - now - allowed + (s.b > rest and 1 or 0))
  end
  function view.add(units)
    local more, rest = time_for(units)
    s.a, s.b = s.a + more, s.b + rest
    if s.b >= requests then s.a, s.b = s.a + 1, s.b - requests end
  end
  return view
end

local function fixed_window(period, limit, s)
  local over = s.a < 0 or (s.a <= now and now - s.a >= period)
  local far = s.a > now and s.a - now > period
  s.b = over and 0 or clamp(s.b, 0, limit)
  if s.b == 0 or far then s.a = now end
  s.c = 0
  local view = {limit = limit}
  function view.remaining() return limit - s.b end
  function view.reset() return s.b == 0 and 0 or s.a + period - now end
  function view.wait(units)
    if units > limit then return -1 end
    return units <= view.remaining() and 0 or view.reset()
  end
  function view.add(units) s.b = s.b + units end
  return view
end

local function sliding_window(period, limit, s)
  local window = now - fmod(now, period)
  local begun = s.a < 0 and -1 or s.a - fmod(s.a, period)
  local newer, older = clamp(s.b, 0, limit), clamp(s.c, 0, limit)
  if begun < window then
    older = (begun >= 0 and window - begun == period) and newer or 0
    newer = 0
  end
  local ahead = begun > window and begun - window <= period
  s.a, s.b, s.c = ahead and begun or window, newer, older
  local function touched() return period - max(0, now - s.a) end
  local function may_touch(room, passed) return min(period, div(room * period, passed)) end
  local view = {limit = limit}
  function view.remaining() return max(0, limit - s.b - div(s.c * touched() + period - 1, period)) end
  function view.reset()
    if s.b > 0 then return s.a + 2 * period - now end
    return s.c > 0 and s.a + period - now or 0
  end
  function view.wait(units)
    if units > limit then return -1 end
    local room = limit - s.b - units
    if room < 0 then return s.a + 2 * period - may_touch(limit - units, s.b) - now end
    if s.c * touched() <= room * period then return 0 end
    return s.a + period - may_touch(room, s.c) - now
  end
  function view.add(units) s.b = s.b + units end
  return view
end

local function view_of(share)
  local requests, period, burst, s = share.requests, share.period, share.burst, share.state
  if share.algorithm == 1 then return fixed_window(period, requests + burst, s) end
  if share.algorithm == 2 then return bucket(requests, period, requests + burst, s) end
  if share.algorithm == 3 then return sliding_window(period, requests + burst, s) end
  return bucket(requests, period, burst + 1, s)
end

local function read(key)
  local text = redis.pcall('GET', key)
  if type(text) == 'table' then return nil, text end
  if not text then return {a = 0, b = 0, c = 0} end
  local a, b, c = string.match(text, '^(%d+) (%d+) (%d+)$')
  if not a or #a > 16 or #b > 16 or #c > 16 then
    return nil, redis.error_reply('FOREIGN the value of ' .. key .. ' is not a state of a rate limit')
  end
  return {a = tonumber(a), b = tonumber(b), c = tonumber(c), text = text}
end

local shares, states, all_pass = {}, {}, true
for i, key in ipairs(KEYS) do
  if not states[key] then
    local state, trouble = read(key)
    if trouble then return trouble end
    states[key] = state
  end
  local at = (i - 1) * 5
  shares[i] = {state = states[key], algorithm = tonumber(ARGV[at + 1]), requests = tonumber(ARGV[at + 2]),
               period = tonumber(ARGV[at + 3]), burst = tonumber(ARGV[at + 4]), units = tonumber(ARGV[at + 5])}
end

for _, share in ipairs(shares) do
  local s = share.state
  share.wait = view_of(share).wait((s.asked or 0) + max(1, share.units))
  if share.wait == 0 then s.asked = (s.asked or 0) + share.units else all_pass = false end
end
if all_pass then
  for _, share in ipairs(shares) do view_of(share).add(share.units) end
end

local told = {}
for i, key in ipairs(KEYS) do
  local share = shares[i]
  local s, view = share.state, view_of(share)
  local reset = view.reset()
  local text = string.format('%.0f %.0f %.0f', s.a, s.b, s.c)
  if reset > 0 and text ~= s.text then
    local kept = math.ceil((reset + min(share.period, 60000000)) / 1000)
    local trouble = redis.pcall('SET', key, text, 'PX', string.format('%.0f', kept))
    if trouble.err then return trouble end
    s.text = text
  end
  local at = (i - 1) * 5
  told[at + 1], told[at + 2], told[at + 3] = share.wait == 0 and 1 or 0, view.limit, view.remaining()
  told[at + 4], told[at + 5] = reset, share.wait
end
return told
)lua";

int number_of(mcp::LimitAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case mcp::LimitAlgorithm::fixed_window:
            return 1;
        case mcp::LimitAlgorithm::token_bucket:
            return 2;
        case mcp::LimitAlgorithm::sliding_window:
            return 3;
        case mcp::LimitAlgorithm::gcra:
            break;
    }
    return 0;
}

bool is_within(std::int64_t number, std::int64_t from, std::int64_t to) noexcept {
    return number >= from && number <= to;
}

std::optional<mcp::LimitResult> read_result(std::span<const ngx::RedisReply> numbers) noexcept {
    std::array<std::int64_t, numbers_of_share> told{};
    for (std::size_t i = 0; i < told.size(); i++) {
        if (numbers[i].kind != ngx::RedisReply::Kind::integer) return std::nullopt;
        told[i] = numbers[i].integer;
    }
    const auto [allowed, limit, remaining, reset, wait] = told;
    const bool is_possible = is_within(allowed, 0, 1) && is_within(limit, 1, 2 * std::int64_t{mcp::Rate::most}) &&
                             is_within(remaining, 0, limit) && is_within(reset, 0, largest) &&
                             is_within(wait, -1, largest) && (allowed == 1) == (wait == 0);
    if (!is_possible) return std::nullopt;
    return mcp::LimitResult{
        .allowed = allowed == 1,
        .limit = static_cast<std::uint64_t>(limit),
        .remaining = static_cast<std::uint64_t>(remaining),
        .reset = std::chrono::microseconds(reset),
        .retry_after = wait < 0 ? std::chrono::microseconds::max() : std::chrono::microseconds(wait)};
}

}  // namespace

std::string_view limit_script() noexcept {
    return script;
}

std::string limit_script_digest() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(script.data(), script.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) return {};
    return base::hex(std::span(digest).first(size));
}

std::string limit_key(std::string_view prefix, const base::Sha256& key) {
    return std::string(prefix) + ":limit:" + base::base64url::encode(base::bytes(key));
}

std::vector<std::string> limit_arguments(std::string_view prefix, std::span<const LimitUse> uses) {
    std::vector<std::string> arguments{std::to_string(uses.size())};
    for (const LimitUse& use : uses)
        arguments.push_back(limit_key(prefix, use.key));
    for (const LimitUse& use : uses)
        for (const std::int64_t number :
             {std::int64_t{number_of(use.rate->algorithm)}, std::int64_t{use.rate->requests},
              std::int64_t{use.rate->period.count()}, std::int64_t{use.rate->burst}, std::int64_t{use.units}})
            arguments.push_back(std::to_string(number));
    return arguments;
}

std::expected<void, std::string_view> read_limit_reply(const ngx::RedisReply& reply,
                                                       std::span<LimitUse> uses) noexcept {
    std::span<const ngx::RedisReply> left = reply.elements;
    bool is_ours = reply.kind == ngx::RedisReply::Kind::array && left.size() == uses.size() * numbers_of_share;
    for (LimitUse& use : uses) {
        const auto result = is_ours ? read_result(left.first(numbers_of_share)) : std::nullopt;
        is_ours = result.has_value();
        if (!is_ours) break;
        use.result = *result;
        left = left.subspan(numbers_of_share);
    }
    if (is_ours) return {};
    for (LimitUse& use : uses)
        use.result = {};
    return std::unexpected("it answers with something else than the limits that it was asked for");
}

}  // namespace shared
