// Any bytes as a token exchange response, and as a Retry-After: a token that comes out is safe in a header.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "oauth/exchange/response.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oauth;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto issued = exchange::read_response(text, "client-token");
    if (issued) {
        require(!issued->access_token.empty() && issued->access_token != "client-token");
        require(std::ranges::all_of(issued->access_token, [](char c) { return c > ' ' && c < '\x7F'; }));
        require(issued->token_type.size() == 6);
        require(!issued->expires_in || issued->expires_in->count() >= 1);
    }
    const auto delay = retry_delay({.status = 429, .retry_after = text}, 1'700'000'000);
    require(delay >= std::chrono::seconds(1) && delay <= std::chrono::days(1));
    return 0;
}
