// Where an issuer publishes its metadata (RFC 8414 section 3, OpenID Connect Discovery 1.0 section 4).
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "oauth/error.h"

namespace oauth::discovery {

// In the order in which MCP's authorization specification has them tried: RFC 8414, then OpenID Connect with the
// well-known part inserted before the issuer's path, then appended to it. Errors: issuer_not_url, out_of_memory.
std::expected<std::vector<std::string>, Error> metadata_urls(std::string_view issuer) noexcept;

}  // namespace oauth::discovery
