#include "cli/settings/values.h"

#include "cli/settings/syntax.h"
#include "cli/settings/times.h"
#include "cli/terminal.h"

namespace cli {

void Values::error(std::string_view name, std::string_view what) const {
    findings_.errors.push_back(std::string(name) + ' ' + std::string(what));
}

void Values::warning(std::string_view name, std::string_view what) const {
    findings_.warnings.push_back(std::string(name) + ' ' + std::string(what));
}

void Values::unused(std::string_view name, std::string_view why) const {
    if (optional(name)) warning(name, "has no effect " + std::string(why));
}

void Values::warn_about_plain_http(std::string_view name, std::string_view uri) const {
    const auto parsed = mcp::ResourceUri::parse(uri);
    if (parsed && !parsed->is_secure())
        warning(name, shown(uri) + " is plain http: tokens can be read and changed on their way");
}

// Its remedy is one for arguments of directives.
void Values::refuse(std::string_view name, std::string_view text, const mcp::TextProblem& problem) const {
    if (problem) error(name, shown(text) + ' ' + problem.what);
}

std::optional<std::string_view> Values::optional(std::string_view name) const {
    const auto found = environment_.find(name);
    if (found == environment_.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

std::string_view Values::required(std::string_view name, std::string_view right) const {
    const auto value = optional(name);
    const std::string end = right.empty() ? "" : "; " + std::string(right);
    if (!value && !findings_.may_lack_settings) error(name, "is required but not set" + end);
    return value.value_or(std::string_view());
}

std::string_view Values::or_default(std::string_view name, std::string_view otherwise) const {
    return optional(name).value_or(otherwise);
}

bool Values::flag(std::string_view name) const {
    const std::string_view value = or_default(name, "off");
    const std::string_view hint = value.contains('"') ? ": a file of --env-file keeps quotes, leave them out" : "";
    if (value != "on" && value != "off")
        error(name, "must be \"on\" or \"off\", not " + shown(value) + std::string(hint));
    return value == "on";
}

std::optional<std::uint16_t> Values::port(std::string_view name) const {
    const auto value = optional(name);
    if (!value) return std::nullopt;
    const auto port = parse_port(*value);
    if (!port) error(name, "must be a port from 1 to 65535, not " + shown(*value));
    return port;
}

std::string Values::time(std::string_view name, std::string_view otherwise) const {
    const std::string_view value = or_default(name, otherwise);
    if (!is_fine_time(value)) {
        error(name, "must be a time like \"60s\" or \"5m\", not " + shown(value));
        return {};
    }
    std::string seconds = whole_seconds(value);
    if (seconds != value) warning(name, shown(value) + " is taken as " + seconds + ": whole seconds are counted");
    return seconds;
}

std::optional<mcp::ResourceUri> Values::uri(std::string_view name) const {
    const std::string_view value = required(name);
    if (value.empty()) return std::nullopt;
    auto uri = mcp::ResourceUri::parse(value);
    if (!uri) {
        error(name, shown(value) + ' ' + uri.error());
        return std::nullopt;
    }
    warn_about_plain_http(name, value);
    return *std::move(uri);
}

std::string Values::required_file(std::string_view name, std::vector<NeededFile>& needed, bool may_be_secret) const {
    const std::string_view file = required(name);
    // What stands there may be the key or the secret itself: it is not shown.
    if (!file.empty() && !file.starts_with('/'))
        error(name, "must be an absolute path like \"/keys/file\"");
    else if (const std::string problem = file_name_problem(file); !file.empty() && !problem.empty())
        error(name, problem);
    needed.push_back({.origin = std::string(name), .path = std::string(file), .may_be_secret = may_be_secret});
    return std::string(file);
}

std::vector<std::string> Values::uris(std::string_view name, bool is_required) const {
    const std::string_view value = is_required ? required(name) : or_default(name, "");
    std::vector<std::string> uris;
    for (const std::string_view text : split(value, ',')) {
        const auto uri = mcp::ResourceUri::parse(text);
        if (!uri) error(name, shown(text) + ' ' + uri.error());
        warn_about_plain_http(name, text);
        uris.emplace_back(text);
    }
    if (!value.empty() && uris.empty()) error(name, "is required but names nothing");
    return uris;
}

std::vector<std::string> Values::scopes(std::string_view name) const {
    const std::string_view value = required(name);
    std::vector<std::string> scopes;
    for (const std::string_view scope : split(value, ' ')) {
        const std::string_view hint = scope.contains(',') ? ": scopes are separated by spaces" : "";
        if (const auto problem = mcp::scope_problem(scope))
            error(name, shown(scope) + ' ' + problem.what + std::string(hint));
        scopes.emplace_back(scope);
    }
    if (const std::string problem = too_many_scopes_problem(scopes); !problem.empty()) error(name, problem);
    if (!value.empty() && scopes.empty()) error(name, "is required but names nothing");
    return scopes;
}

std::vector<std::string> Values::listed_scopes(std::string_view name) const {
    const std::string_view value = required(name);
    std::vector<std::string> scopes;
    for (const std::string_view part : split(value, ','))
        for (const std::string_view scope : split(part, ' ')) {
            refuse(name, scope, mcp::scope_problem(scope));
            scopes.emplace_back(scope);
        }
    if (!value.empty() && scopes.empty()) error(name, "is required but names nothing");
    return scopes;
}

}  // namespace cli
