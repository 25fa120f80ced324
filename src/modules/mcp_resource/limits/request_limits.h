// The limits that one request falls under, and what they say of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "mcp/limit_rule.h"
#include "mcp/rate_limit_headers.h"
#include "modules/mcp_resource/config.h"
#include "ngx/nginx.h"
#include "oauth/verified_token.h"
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

    // What this request has counted already, in another location that nginx led it through; nullopt: nothing.
    using CountedBefore = std::function<std::optional<mcp::LimitResult>(const base::Sha256& key, std::uint32_t units)>;

    // `request` is the one that waits. `token`: null for a request that needs none, which counts for its address.
    // Throws std::bad_alloc.
    RequestLimits(ngx_http_request_t* request, const Endpoint& endpoint, const oauth::VerifiedToken* token,
                  std::span<const mcp::Operation> operations, const CountedBefore& counted_before);

    Verdict ask(MainConf& main);

    // Why it is refused; nullopt: it is not.
    static std::optional<mcp::TransportError> reason(Verdict verdict) noexcept;
    // Of the limit that asks for the longest wait; nullopt: none does.
    std::optional<std::chrono::seconds> retry_after() const;

    bool never_passes() const noexcept;  // it asks for more than one of them ever lets pass

    const mcp::LimitRule* refusing() const;  // that limit, as long as the configuration lives; null: none

    // Of those that the request falls under, in the order of the configuration; empty while nothing is known.
    std::vector<mcp::NamedLimit> told() const;
    // nullopt: it has not counted so many for this key.
    std::optional<mcp::LimitResult> result_for(const base::Sha256& key, std::uint32_t units) const noexcept;
    std::string_view fault() const noexcept;  // unavailable, or passed all the same: why, for the log

private:
    using Clock = std::chrono::steady_clock;

    void take_answer() noexcept;
    Verdict judge(const MainConf& main) const noexcept;
    void count(const MainConf& main, Verdict verdict) const noexcept;

    struct Part {
        const mcp::LimitRule* rule;
        base::Sha256 key;
        std::uint32_t units;
        std::optional<mcp::LimitResult> result;  // at first counted_before(): then it is not asked about
    };

    bool is_allowed() const noexcept;  // by all, and counted

    std::vector<Part> parts_;
    Clock::time_point asked_at_{};  // where that is counted
    bool is_nameless_ = false;
    std::optional<shared::LimitQuestion> question_;
};

}  // namespace mcp_resource
