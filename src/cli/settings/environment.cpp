#include "cli/settings/environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "cli/settings/edit_distance.h"
#include "cli/settings/syntax.h"

namespace cli {
namespace {

bool is_known(std::string_view name) noexcept {
    return std::ranges::any_of(known_variables(), [&](const Variable& variable) { return variable.name == name; });
}

struct Nearest {
    std::string_view name;
    std::size_t distance;
};

Nearest nearest_known(std::string_view name) {
    Nearest best{.name = known_variables().front().name,
                 .distance = name.size() + known_variables().front().name.size()};
    for (const Variable& variable : known_variables())
        if (const std::size_t steps = edit_distance(name, variable.name); steps < best.distance)
            best = {variable.name, steps};
    return best;
}

// What others call it, and what it is called here.
struct OtherWord {
    std::string_view word, ours;
    std::string_view first;  // what to set first of those
};
constexpr std::array<OtherWord, 9> other_words = {{
    {.word = "MCP_METRICS", .ours = "MCP_STATUS", .first = "MCP_STATUS_PORT"},
    {.word = "MCP_PROMETHEUS", .ours = "MCP_STATUS", .first = "MCP_STATUS_PORT"},
    {.word = "MCP_TRACING", .ours = "MCP_TRACE", .first = "MCP_TRACE_EXPORTER"},
    {.word = "MCP_TRACES", .ours = "MCP_TRACE", .first = "MCP_TRACE_EXPORTER"},
    {.word = "MCP_TRACE", .ours = "MCP_TRACE", .first = "MCP_TRACE_EXPORTER"},
    {.word = "MCP_OTEL", .ours = "MCP_TRACE", .first = "MCP_TRACE_EXPORTER"},
    {.word = "MCP_OTLP", .ours = "MCP_TRACE", .first = "MCP_TRACE_EXPORTER"},
    {.word = "MCP_RECORD", .ours = "MCP_AUDIT", .first = "MCP_AUDIT_LOG"},
    {.word = "MCP_AUDIT", .ours = "MCP_AUDIT", .first = "MCP_AUDIT_LOG"},
}};

// Empty: nobody can know.
std::string_view meant_by(std::string_view name) {
    constexpr std::size_t likely_a_mistake = 2;
    constexpr std::size_t longest = 100;
    if (name.size() > longest) return {};
    if (const Nearest nearest = nearest_known(name); nearest.distance <= likely_a_mistake) return nearest.name;
    for (const auto& [word, ours, first] : other_words) {
        if (!name.starts_with(word)) continue;
        const std::string_view rest = name.substr(word.size());
        if (!rest.empty() && !rest.starts_with('_')) continue;
        const Nearest nearest = nearest_known(std::string(ours) + std::string(rest));
        return nearest.distance <= likely_a_mistake ? nearest.name : first;
    }
    return {};
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
        if (const std::string_view meant = meant_by(name); !meant.empty()) {
            findings.errors.push_back(printable(name) + " is not a setting; did you mean " + std::string(meant) + "?");
        } else {
            const std::string_view nearest =
                name.size() <= 100 ? nearest_known(name).name : known_variables().front().name;
            findings.warnings.push_back(printable(name) + " is not a setting and has no effect; the nearest is " +
                                        std::string(nearest));
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
