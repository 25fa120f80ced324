#include "mcp/observation.h"

#include <algorithm>

#include "mcp/jsonrpc.h"

namespace mcp {
namespace {

// scheme://user:password@host/path?query#fragment, whatever the scheme.
std::string without_secrets(std::string_view uri) {
    uri = uri.substr(0, uri.find_first_of("?#"));
    const std::size_t slashes = uri.find("//");
    if (slashes == std::string_view::npos) return std::string(uri);
    const std::size_t begin = slashes + 2;
    const std::size_t at = uri.substr(0, uri.find('/', begin)).rfind('@');
    if (at == std::string_view::npos || at < begin) return std::string(uri);
    return std::string(uri.substr(0, begin)) + std::string(uri.substr(at + 1));
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
