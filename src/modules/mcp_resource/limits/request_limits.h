// The limits that one request falls under, and what they say of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "mcp/known_limit_keys.h"
#include "mcp/limit_rule.h"
#include "mcp/rate_limit_headers.h"
#include "modules/mcp_resource/config.h"
#include "ngx/nginx.h"
#include "shared/limits.h"

namespace mcp_resource {

class RequestLimits {
public:
    enum class Verdict : std::uint8_t {
        pass,
        waiting,      // NGX_AGAIN, and then ask again
        limited,      // told() says by which
        nameless,     // the token does not say whom a limit counts
        unavailable,  // nobody could say, and then nothing passes (mcp_redis on_error=deny)
    };

    // What this request has counted already, in another location that nginx led it through; null: nothing. In the pool
    // of the request, as all results.
    using CountedBefore = std::function<const mcp::LimitResult*(const base::Sha256& key, std::uint32_t units)>;

    // `request` is the one that waits, and lives longer than this. `token`: null for a request that needs none, which
    // counts for its address. Throws std::bad_alloc.
    RequestLimits(ngx_http_request_t* request, const Endpoint& endpoint, const mcp::KnownLimitKeys::Token& token,
                  std::span<const mcp::Operation> operations, const CountedBefore& counted_before);

    Verdict ask(MainConf& main);

    // Another part of the request may fall under the same limits, and count again: it has to wait until this is known.
    // Throws std::bad_alloc.
    bool is_waiting() const noexcept { return question_ && question_->answer() == nullptr; }
    void wait_for_answer(ngx::Pause& pause) { question_->wait_for_answer(pause); }

    // Why it is refused; nullopt: it is not.
    static std::optional<mcp::TransportError> reason(Verdict verdict) noexcept;
    // Of the limit that asks for the longest wait; nullopt: none does.
    std::optional<std::chrono::seconds> retry_after() const;

    bool never_passes() const noexcept;  // it asks for more than one of them ever lets pass

    const mcp::LimitRule* refusing() const;  // that limit, as long as the configuration lives; null: none

    // Of those that the request falls under, in the order of the configuration; empty while nothing is known.
    std::span<const mcp::ToldLimit> told() const noexcept;
    // For CountedBefore. Null: it has not counted so many for this key.
    const mcp::LimitResult* result_for(const base::Sha256& key, std::uint32_t units) const noexcept;
    std::string_view fault() const noexcept;  // unavailable, or passed all the same: why, for the log

private:
    using Clock = std::chrono::steady_clock;

    bool is_known() const noexcept;  // what all limits say
    Verdict judge(const MainConf& main) const noexcept;
    void count(const MainConf& main, Verdict verdict) const noexcept;

    // In the request's pool: most requests fall under one or two, and none of them needs memory of its own.
    std::span<mcp::ToldLimit> limits_;
    std::span<shared::LimitUse> uses_;  // of those that are asked about: the others were counted before
    Clock::time_point asked_at_{};      // where that is counted
    bool is_nameless_ = false;
    std::optional<shared::LimitQuestion> question_;
};

}  // namespace mcp_resource
