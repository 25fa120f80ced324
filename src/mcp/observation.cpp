#include "mcp/observation.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "mcp/jsonrpc.h"

namespace mcp {
namespace {

// Behind these the WHATWG's parser takes any number of slashes, in either direction, and none.
bool is_special(std::string_view scheme) noexcept {
    constexpr std::array<std::string_view, 5> special = {"http", "https", "ws", "wss", "ftp"};
    return std::ranges::any_of(special, [&](auto name) { return base::equals_ignoring_case(name, scheme); });
}

// Where some reader would look for a user: scheme://user:password@host, whatever the scheme (RFC 3986), also as a part
// of another URI; or what else the WHATWG's parser takes for that.
std::size_t begin_of_authority(std::string_view uri) noexcept {
    constexpr std::string_view slashes = "/\\";
    std::size_t begin = 0;
    for (std::string_view schemes = uri.substr(0, uri.find_first_of(slashes)); schemes.contains(':');) {
        const std::size_t colon = schemes.find(':');
        begin += colon + 1;
        if (is_special(schemes.substr(0, colon))) return std::min(uri.find_first_not_of(slashes, begin), uri.size());
        schemes.remove_prefix(colon + 1);
    }
    const std::size_t two = uri.find("//");
    return two != std::string_view::npos ? two + 2 : uri.size();
}

// What no parser that keeps to the WHATWG's rules looks at.
std::string without_ignored(std::string_view uri) {
    while (!uri.empty() && static_cast<unsigned char>(uri.front()) <= ' ')
        uri.remove_prefix(1);
    std::string text(uri);
    std::erase_if(text, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    return text;
}

// scheme://user:password@host/path?query#fragment
std::string without_secrets(std::string_view uri) {
    std::string text = without_ignored(uri.substr(0, uri.find_first_of("?#")));
    const std::string_view rest = text;
    const std::size_t begin = begin_of_authority(rest);
    const std::size_t at = rest.substr(0, rest.find('/', begin)).rfind('@');
    if (at == std::string_view::npos || at < begin) return text;
    return text.substr(0, begin) + text.substr(at + 1);
}

// One that only the answer to it ends.
bool is_open(const ObservedOperation& operation) noexcept {
    return !operation.id.empty() && operation.outcome.kind == Outcome::Kind::unknown &&
           operation.method != "subscriptions/listen";
}

}  // namespace

CutBy failing_cut(const Observation& observation) noexcept {
    if (observation.cut_by != CutBy::client) return observation.cut_by;
    const bool has_ended = observation.operations_known && std::ranges::none_of(observation.operations, is_open);
    return observation.http_method == "GET" || has_ended ? CutBy::nobody : CutBy::client;
}

std::string shown_name(const ObservedOperation& operation) {
    if (!operation.name) return {};
    const Target* target = target_of(operation.method);
    const bool is_uri = target != nullptr && target->kind == Addressed::uri;
    return is_uri ? without_secrets(*operation.name) : *operation.name;
}

}  // namespace mcp
