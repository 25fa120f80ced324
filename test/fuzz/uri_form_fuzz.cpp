// A normal URI: every beginning of it is a pattern that can match it, and our other parsers leave it as it is.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/http_url.h"
#include "mcp/resource_uri.h"
#include "mcp/uri_form.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

void check(std::string_view uri) {
    require(is_printable(uri) && uri.contains(':') && !uri.contains('#'));
    require(!uri.substr(0, uri.find('?')).contains("/../"));
    for (std::size_t size = 0; size < std::min<std::size_t>(uri.size(), 64); size++)
        require(!mcp::uri_pattern_problem(std::string(uri.substr(0, size)) + "*"));
    if (!uri.starts_with("http://") && !uri.starts_with("https://")) return;
    const auto resource = mcp::ResourceUri::parse(uri);
    require(resource.has_value());
    require(resource->text() == uri || resource->text() + "/" == uri);
    const auto url = base::HttpUrl::parse(uri);
    require(!url || (url->origin == resource->origin()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    if (mcp::is_normal_uri(input)) check(input);
    const auto problem = mcp::uri_pattern_problem(input);
    require(!problem || !problem->empty());
    return 0;
}
