// Any bytes as the body and as the challenge of a refusal: what gets into a log is printable, short, and holds nothing
// that was sent.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "oauth/error_answer.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void check(const oauth::ServerAnswer& answer) {
    constexpr std::array<std::string_view, 2> secrets = {"opaque-token-0123456789", "a-secret"};
    const oauth::ErrorAnswer said(answer);
    const std::string text = said.printable(secrets);
    require(text.size() <= 64 + 200 + 20);
    require(text.empty() == said.code().empty());
    require(std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7F'; }));
    for (const std::string_view secret : secrets)
        require(!text.contains(secret));
    require(!said.says_only_inactive() || said.code().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check({.status = 401, .body = text});
    check({.status = 401, .body = "", .challenge = text});
    check({.status = 401, .body = text, .challenge = text});
    return 0;
}
