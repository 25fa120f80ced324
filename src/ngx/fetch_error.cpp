// What a fetch that failed is called in messages.
#include "ngx/fetch.h"

namespace ngx {

std::string_view text(FetchError error) noexcept {
    static constexpr std::string_view texts[] = {
        "out of memory or connections, or a line of the header is too large",
        "the URL is not allowed",
        "the name could not be resolved",
        "could not connect",
        "the address is not public",
        "TLS failed",
        "timed out",
        "the redirect is not followed",
        "the response is too large",
        "the response is compressed",
        "the response is not HTTP or was cut short",
        "the proxy refuses to connect",
    };
    return texts[static_cast<std::size_t>(error)];
}

std::string text(const FetchFailure& failure) {
    std::string text(ngx::text(failure.error));
    if (!failure.detail.empty()) text.append(" (").append(failure.detail).append(")");
    return text;
}

}  // namespace ngx
