#include "cli/settings/environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <regex>
#include <utility>
#include <vector>

#include "base/text.h"

namespace cli {
namespace {

constexpr std::size_t max_value_bytes = 2048;  // nginx reads parameters of up to 4096 bytes, quoting included

constexpr std::array<std::string_view, 34> known_names = {
    "MCP_ACCEPT_ANY_ISSUER",
    "MCP_AUTHORIZATION_SERVER",
    "MCP_AUTH_MODE",
    "MCP_BACKEND",
    "MCP_BEARER_METHODS_SUPPORTED",
    "MCP_CANONICAL_URI",
    "MCP_CLIENT_ID",
    "MCP_CLIENT_SECRET",  // known, and refused
    "MCP_CLIENT_SECRET_FILE",
    "MCP_CONFIG",
    "MCP_DISCOVERY",
    "MCP_INTROSPECT_CACHE_MAX_TTL",
    "MCP_INTROSPECT_ENDPOINT",
    "MCP_ISSUER",
    "MCP_JWKS_URI",
    "MCP_JWT_KEY_FILE",
    "MCP_LISTEN_PORT",
    "MCP_METADATA_URI",
    "MCP_RATELIMIT_ALGO",
    "MCP_RATELIMIT_BURST",
    "MCP_RATELIMIT_ENABLED",
    "MCP_RATELIMIT_ON_ERROR",
    "MCP_RATELIMIT_RATE",
    "MCP_RATELIMIT_REDIS",
    "MCP_RATELIMIT_REDIS_PASSWORD_FILE",
    "MCP_REQUIRED_SCOPE",
    "MCP_RESOLVER",
    "MCP_RESOURCE_PATH",
    "MCP_SCOPES_SUPPORTED",
    "MCP_SERVER_NAME",
    "MCP_SSL_CERT_FILE",
    "MCP_SSL_CERT_KEY_FILE",
    "MCP_TLS",
    "MCP_WORKER_PROCESSES",
};

// Levenshtein's: how many characters to add, remove or replace.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j < row.size(); j++)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); i++) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); j++) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
        }
    }
    return row.back();
}

struct Nearest {
    std::string_view name;
    std::size_t distance;
};

Nearest nearest_known(std::string_view name) {
    Nearest best{.name = known_names.front(), .distance = name.size() + known_names.front().size()};
    for (const std::string_view known : known_names)
        if (const std::size_t steps = distance(name, known); steps < best.distance) best = {known, steps};
    return best;
}

// A name may be anything but "=".
std::string printable(std::string_view name) {
    std::string text(name.substr(0, 100));
    std::ranges::replace_if(text, [](unsigned char c) { return c <= ' ' || c >= 0x7F; }, '?');
    return text;
}

}  // namespace

bool is_of_a_service(std::string_view name, std::string_view value) {
    static const std::regex host(R"(\w+_SERVICE_(HOST|PORT(_\w+)?))");
    static const std::regex port(R"(\w+_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");
    const auto matches = [&](const std::regex& pattern) { return std::regex_match(name.begin(), name.end(), pattern); };
    if (name.size() > 300) return false;  // no name of a service is so long
    const bool is_link = value.starts_with("tcp://") || value.starts_with("udp://") || value.starts_with("sctp://");
    return (is_link && name.ends_with("_PORT")) || matches(host) || matches(port);
}

Environment read_environment() {
    static constexpr std::string_view prefix = "MCP_";
    Environment environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (!text.starts_with(prefix) || equals == std::string_view::npos) continue;
        const std::string_view name = text.substr(0, equals);
        const std::string_view value = text.substr(equals + 1);
        if (!is_of_a_service(name, value)) environment.emplace(name, value);
    }
    return environment;
}

void find_unknown(const Environment& environment, Findings& findings) {
    for (const auto& [name, value] : environment) {
        if (std::ranges::find(known_names, name) != known_names.end()) continue;
        constexpr std::size_t likely_a_mistake = 2;
        const Nearest nearest = name.size() <= 100 ? nearest_known(name) : Nearest{known_names.front(), name.size()};
        if (nearest.distance <= likely_a_mistake) {
            findings.errors.push_back(printable(name) + " is not a setting; did you mean " + std::string(nearest.name) +
                                      "?");
        } else {
            findings.warnings.push_back(printable(name) + " is not a setting and has no effect; the nearest is " +
                                        std::string(nearest.name));
        }
    }
}

std::vector<std::string> settings_in(const Environment& environment) {
    std::vector<std::string> names;
    for (const auto& [name, value] : environment)
        if (!value.empty() && std::ranges::find(known_names, name) != known_names.end()) names.push_back(name);
    return names;
}

void find_unprintable(const Environment& environment, Findings& findings) {
    for (const auto& [name, value] : environment) {
        if (std::ranges::find(known_names, name) == known_names.end()) continue;
        if (value.size() > max_value_bytes) {
            findings.errors.push_back(name + " has " + std::to_string(value.size()) + " bytes; at most " +
                                      std::to_string(max_value_bytes) + " are possible");
        } else if (base::has_control_characters(value)) {
            findings.errors.push_back(name + " has a line break or another control character; remove it");
        } else if (!base::is_utf8(value)) {
            findings.errors.push_back(name + " is not UTF-8");
        }
    }
}

}  // namespace cli
