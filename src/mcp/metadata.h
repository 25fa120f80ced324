// The protected resource metadata document (RFC 9728 section 2).
#pragma once

#include <string>
#include <vector>

#include "mcp/resource_uri.h"

namespace mcp {

// What a client may show to people before they log in: resource_name, resource_documentation, resource_policy_uri or
// resource_tos_uri.
struct Description {
    std::string member;
    std::string language;  // a tag of RFC 5646, or empty (RFC 9728 section 2.1)
    std::string text;
};

struct Metadata {
    ResourceUri resource;
    std::vector<std::string> authorization_servers;  // issuer identifiers, exactly as configured
    std::vector<std::string> scopes_supported;
    std::vector<std::string> bearer_methods_supported = {"header"};
    std::vector<Description> descriptions = {};
};

// JSON text. Empty arrays are left out (RFC 9728 section 3.2).
std::string metadata_document(const Metadata& metadata);

}  // namespace mcp
