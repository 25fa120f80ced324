// Everything the operator says about one protected resource: built at load, read only afterwards.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/policy.h"
#include "mcp/resource_uri.h"
#include "mcp/revisions.h"
#include "oauth/scope_table.h"

namespace mcp {

struct Resource {
    ResourceUri uri;
    std::string metadata_uri{};  // as the challenge advertises it
    oauth::ScopeTable scopes{};
    Policy policy{};
    std::optional<oauth::ScopeSet> challenge_scopes{};  // what a client without a token is told to ask for; none: what
                                                        // every request needs
    std::vector<std::string> allowed_origins{};         // as normalized_origin() has them
    Revisions revisions{};                              // that the backend serves
};

// RFC 6454: an Origin header's value as it is compared, or nullopt for anything but one origin. Of the web's schemes it
// is scheme://host[:port] in lower case. Of any other (chrome-extension://id, vscode-webview://id) it is what the
// browser writes, byte by byte, and so is "null".
std::optional<std::string> normalized_origin(std::string_view value);

bool origin_allowed(const Resource& resource, std::string_view value);

}  // namespace mcp
