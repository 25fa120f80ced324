// A resource identifier: its canonical form is stable and is made of its parts, and an origin is the beginning of what
// was read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/http_url.h"
#include "mcp/resource.h"
#include "mcp/resource_uri.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void check(const mcp::ResourceUri& uri, std::string_view input) {
    const auto again = mcp::ResourceUri::parse(uri.text());
    require(again && *again == uri);
    require(uri.text() == std::string(uri.origin()) + std::string(uri.path()) + std::string(uri.query()));
    const auto url = base::HttpUrl::parse(uri.text());
    require(url && url->origin == uri.origin() && url->path == uri.path() && url->query == uri.query());
    require(uri.path().empty() || uri.path().starts_with('/'));
    require(uri.query().empty() || uri.query().starts_with('?'));
    require(input.ends_with(std::string(uri.path()) + std::string(uri.query())) || input.ends_with('/'));
    require(uri.well_known_path().starts_with(mcp::well_known_prefix));
    require(!uri.text().contains('#') && !uri.origin().contains('@'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto uri = mcp::ResourceUri::parse(input);
    if (uri) check(*uri, input);
    if (!uri) require(!uri.error().empty());
    const auto origin = mcp::normalized_origin(input);
    if (origin) require(base::equals_ignoring_case(input.substr(0, origin->size()), *origin));
    return 0;
}
