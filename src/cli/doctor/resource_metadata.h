// The metadata of a protected resource (RFC 9728), wherever clients look for it.
#pragma once

#include <string>

#include "cli/doctor/documents.h"
#include "cli/doctor/report.h"
#include "mcp/resource_uri.h"

namespace cli::doctor {

// What the challenge said.
struct Asked {
    std::string metadata_url;  // empty: nothing
    std::string scope;         // likewise
};

struct ResourceMetadata {
    std::string resource;
    std::string authorization_server;  // the first one
    std::string later_scopes;          // supported, but not asked for by the challenge
};

// Its URI has neither path nor query, so that clients disagree about a slash at its end.
bool is_root(const mcp::ResourceUri& uri);

ResourceMetadata examine_resource_metadata(Report& report, const Ask& ask, const mcp::ResourceUri& endpoint,
                                           const Asked& challenge);

}  // namespace cli::doctor
