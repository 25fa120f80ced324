// A Content-Type, and on a second line a Content-Encoding: what passes where the body decides is JSON in UTF-8, to a
// reader that looks for other things anywhere in the header as well.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "mcp/body_encoding.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), base::to_lower);
    return lower;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line = std::min(input.find('\n'), size);
    const std::string_view type = input.substr(0, line);
    const std::string_view coding = input.substr(std::min(line + 1, size));
    const mcp::BodyHeaders headers{.content_type = {&type, 1}, .content_encoding = {&coding, coding.empty() ? 0U : 1U}};
    if (!mcp::check_plain_json(headers)) return 0;
    const std::string lower = lower_case(type);
    require(mcp::check_no_form(headers).has_value());
    require(lower.find_first_not_of(" \t") == lower.find("application/json"));
    require(std::ranges::count(lower, ';') <= 1 && std::ranges::count(lower, '=') <= 1 && !lower.contains(','));
    require(lower.contains(';') == lower.contains("utf-8") && lower.contains(';') == lower.contains("charset="));
    require(coding.empty() || lower_case(coding) == "identity");
    return 0;
}
