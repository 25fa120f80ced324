#include "mcp/resource.h"

#include <algorithm>

namespace mcp {

std::optional<std::string> normalized_origin(std::string_view value) {
    const auto uri = ResourceUri::parse(value);
    if (!uri || !uri->path().empty() || !uri->query().empty() || value.ends_with('/')) return std::nullopt;
    return std::string(uri->origin());
}

bool origin_allowed(const Resource& resource, std::string_view value) {
    const auto origin = normalized_origin(value);
    return origin && std::ranges::find(resource.allowed_origins, *origin) != resource.allowed_origins.end();
}

}  // namespace mcp
