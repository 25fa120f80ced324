#include "authority/fetched_document.h"

#include "oauth/server_answer.h"

namespace authority {

std::string trouble_with(const ngx::FetchResult& result) {
    if (result) return result->status == 200 ? "" : "the answer has status " + std::to_string(result->status);
    return text(result.error());
}

std::string text_of(oauth::Error error) {
    return std::string(describe(error).text);
}

oauth::discovery::Freshness freshness_of(const ngx::FetchResponse& response,
                                         const oauth::discovery::FreshnessBounds& bounds) noexcept {
    return oauth::discovery::freshness(oauth::discovery::max_age(response.cache_control), bounds, random_number());
}

std::chrono::milliseconds retry_after(const ngx::FetchResult& result) noexcept {
    if (!result || result->retry_after.empty()) return std::chrono::milliseconds(0);
    const oauth::ServerAnswer answer{.status = static_cast<int>(result->status), .retry_after = result->retry_after};
    return oauth::retry_delay(answer, ngx_time());
}

std::uint32_t random_number() noexcept {
    return static_cast<std::uint32_t>(ngx_random()) << 1U;  // 31 bits
}

}  // namespace authority
