// Everything the operator says about one protected resource: built at load, read only afterwards.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/policy.h"
#include "mcp/resource_uri.h"
#include "oauth/scope_table.h"

namespace mcp {

// Which revisions the backend serves.
enum class Protocol : std::uint8_t {
    dual,    // both; the MCP-Protocol-Version header says which rules a request obeys
    legacy,  // up to 2025-11-25: sessions, GET and DELETE
    modern,  // from 2026-07-28 on: POST alone
};

struct Resource {
    ResourceUri uri;
    std::string metadata_uri{};  // as the challenge advertises it
    oauth::ScopeTable scopes{};
    Policy policy{};
    std::optional<oauth::ScopeSet> challenge_scopes{};  // what a client without a token is told to ask for; none: what
                                                        // every request needs
    std::vector<std::string> allowed_origins{};         // as normalized_origin() has them
    Protocol protocol = Protocol::dual;
};

// RFC 6454: an Origin header's value as it is compared, or nullopt for anything but one origin. Of the web's schemes it
// is scheme://host[:port] in lower case. Of any other (chrome-extension://id, vscode-webview://id) it is what the
// browser writes, byte by byte, and so is "null".
std::optional<std::string> normalized_origin(std::string_view value);

bool origin_allowed(const Resource& resource, std::string_view value);

}  // namespace mcp
