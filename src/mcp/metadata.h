// The protected resource metadata document (RFC 9728 section 2).
#pragma once

#include <string>
#include <vector>

#include "mcp/resource_uri.h"

namespace mcp {

struct Metadata {
    ResourceUri resource;
    std::vector<std::string> authorization_servers;  // issuer identifiers, exactly as configured
    std::vector<std::string> scopes_supported;
    std::vector<std::string> bearer_methods_supported = {"header"};
};

// JSON text. Empty arrays are left out (RFC 9728 section 3.2).
std::string metadata_document(const Metadata& metadata);

}  // namespace mcp
