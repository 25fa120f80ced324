#include "cli/settings/environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "cli/settings/edit_distance.h"
#include "cli/settings/syntax.h"

namespace cli {
namespace {

constexpr std::array<Variable, 34> known = {{
    {"MCP_ACCEPT_ANY_ISSUER", "on: iss is not compared. Not recommended"},
    {"MCP_AUTHORIZATION_SERVER", "needed: issuer of the tokens; several are separated by commas"},
    {"MCP_AUTH_MODE", "needed: jwt, introspect, or auto: JWTs are verified here, other tokens asked about"},
    {"MCP_BACKEND", "needed: the MCP server, host:port or https://host:port"},
    {"MCP_BEARER_METHODS_SUPPORTED", "what the metadata says; header (the default), and nothing else is possible"},
    {"MCP_CANONICAL_URI", "needed: URI of the MCP server as clients write it; tokens must be issued for it (aud)"},
    {"MCP_CLIENT_ID", "introspect, auto: what nginx authenticates as at the introspection endpoint"},
    {"MCP_CLIENT_SECRET", "is refused: everybody who may look at the container would see it"},
    {"MCP_CLIENT_SECRET_FILE", "introspect, auto: file with the secret of that client"},
    {"MCP_CONFIG", "a YAML file that says everything, in place of all other variables"},
    {"MCP_DISCOVERY", "jwt, auto: on: keys are found through the metadata of the authorization server"},
    {"MCP_INTROSPECT_CACHE_MAX_TTL", "how long an answer may be used; 60s"},
    {"MCP_INTROSPECT_ENDPOINT", "introspect, auto: introspection endpoint (RFC 7662)"},
    {"MCP_ISSUER", "what iss must be when it differs from MCP_AUTHORIZATION_SERVER"},
    {"MCP_JWKS_URI", "jwt, auto: where the keys of the authorization server are fetched"},
    {"MCP_JWT_KEY_FILE", "jwt, auto: JWK Set with the keys of the authorization server"},
    {"MCP_LISTEN_PORT", "443 with TLS, else 80"},
    {"MCP_METADATA_URI", "needed: URI of the protected resource metadata (RFC 9728), as challenges name it"},
    {"MCP_RATELIMIT_ALGO", "of the limit, which is not there yet"},
    {"MCP_RATELIMIT_BURST", "of the limit, which is not there yet"},
    {"MCP_RATELIMIT_ENABLED", "off; on is refused, as there is no limit yet"},
    {"MCP_RATELIMIT_ON_ERROR", "of the limit, which is not there yet"},
    {"MCP_RATELIMIT_RATE", "of the limit, which is not there yet"},
    {"MCP_RATELIMIT_REDIS", "of the limit, which is not there yet"},
    {"MCP_RATELIMIT_REDIS_PASSWORD_FILE", "of the limit, which is not there yet"},
    {"MCP_REQUIRED_SCOPE", "needed: scope that every request needs; several are separated by spaces"},
    {"MCP_RESOLVER", "addresses of DNS servers, separated by spaces; the system's without it"},
    {"MCP_RESOURCE_PATH", "protected path; /mcp"},
    {"MCP_SCOPES_SUPPORTED", "needed: scopes that the metadata lists, separated by commas"},
    {"MCP_SERVER_NAME", "needed: host name under which clients reach nginx"},
    {"MCP_SSL_CERT_FILE", "with MCP_TLS=on: certificate with its chain, PEM"},
    {"MCP_SSL_CERT_KEY_FILE", "with MCP_TLS=on: its private key, PEM"},
    {"MCP_TLS", "on: https; off"},
    {"MCP_WORKER_PROCESSES", "auto, or a number"},
}};

bool is_known(std::string_view name) noexcept {
    return std::ranges::find(known, name, &Variable::name) != known.end();
}

struct Nearest {
    std::string_view name;
    std::size_t distance;
};

Nearest nearest_known(std::string_view name) {
    Nearest best{.name = known.front().name, .distance = name.size() + known.front().name.size()};
    for (const Variable& variable : known)
        if (const std::size_t steps = edit_distance(name, variable.name); steps < best.distance)
            best = {variable.name, steps};
    return best;
}

// A name may be anything but "=".
std::string printable(std::string_view name) {
    std::string text(name.substr(0, 100));
    std::ranges::replace_if(text, [](unsigned char c) { return c <= ' ' || c >= 0x7F; }, '?');
    return text;
}

// Whether what follows one of the places where `mark` stands, after at least one character, is of a kind.
bool any_rest(std::string_view name, std::string_view mark, bool (*is_kind)(std::string_view rest)) {
    for (std::size_t at = name.find(mark, 1); at != std::string_view::npos; at = name.find(mark, at + 1))
        if (is_kind(name.substr(at + mark.size()))) return true;
    return false;
}

// HOST, PORT, PORT_HTTPS
bool is_service(std::string_view rest) {
    return rest == "HOST" || rest == "PORT" || rest.starts_with("PORT_");
}

// 8080_TCP, 8080_TCP_ADDR
bool is_port(std::string_view rest) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (digits == 0) return false;
    rest.remove_prefix(digits);
    for (const std::string_view protocol : {"_TCP", "_UDP", "_SCTP"})
        if (rest.starts_with(protocol)) {
            rest.remove_prefix(protocol.size());
            return rest.empty() || rest == "_PROTO" || rest == "_PORT" || rest == "_ADDR";
        }
    return false;
}

}  // namespace

std::span<const Variable> known_variables() noexcept {
    return known;
}

bool is_of_a_service(std::string_view name, std::string_view value) {
    const bool is_link = value.starts_with("tcp://") || value.starts_with("udp://") || value.starts_with("sctp://");
    return (is_link && name.ends_with("_PORT")) || any_rest(name, "_SERVICE_", is_service) ||
           any_rest(name, "_PORT_", is_port);
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
        if (is_known(name)) continue;
        constexpr std::size_t likely_a_mistake = 2;
        const Nearest nearest = name.size() <= 100 ? nearest_known(name) : Nearest{known.front().name, name.size()};
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
        if (!value.empty() && is_known(name)) names.push_back(name);
    return names;
}

void find_unprintable(const Environment& environment, Findings& findings) {
    for (const auto& [name, value] : environment) {
        if (!is_known(name)) continue;
        if (const std::string problem = unusable_problem(value); !problem.empty())
            findings.errors.emplace_back(name).append(" ").append(problem);
    }
}

}  // namespace cli
