// mcp_refusal_limit: how many tokens one address may show in vain.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "mcp/rate_limit.h"
#include "modules/mcp_resource/config.h"
#include "ngx/nginx.h"
#include "shared/limits.h"

namespace mcp_resource {

inline constexpr std::string_view name_of_refusal_limit = "refusals";  // of a mcp_rate_limit it is none

// A token is as good as refused until it is known to be good: all that the workers look at together count, and a client
// that leaves before it is known has shown one in vain.
class Guess {
public:
    // Of the address that the request comes from. Only where the endpoint has that limit. Throws std::bad_alloc.
    Guess(const ngx_http_request_t* request, const Endpoint& endpoint);
    Guess(const Guess&) = delete;
    Guess& operator=(const Guess&) = delete;
    ~Guess() { settle(); }

    // Whether this address shows the very token already, in another request to this worker that still waits for the
    // answer to `question`. Then it is no second one. Throws std::bad_alloc.
    bool is_made(const base::Sha256& question) const;
    // Whether the address may show one more; nothing is counted. Where nobody can say, it may.
    mcp::LimitResult look() const noexcept;
    // Counts one, if it may. `question`: for is_made(), or none. Throws std::bad_alloc.
    mcp::LimitResult make(const std::optional<base::Sha256>& question = std::nullopt);
    void settle() noexcept;     // the token has been looked at
    void take_back() noexcept;  // the token is good, or nobody could say whether it is
    bool counts() const noexcept { return counts_; }

private:
    base::Sha256 shown(const base::Sha256& question) const;

    shared::LimitZone& zone_;
    Worker& worker_;
    shared::LimitUse use_;
    bool counts_ = false;
    std::chrono::microseconds paid_by_{};
    bool is_awaited_ = false;  // is_made() finds it
    base::Sha256 shown_{};
};

}  // namespace mcp_resource
