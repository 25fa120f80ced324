// The environment variables of the container: which there are, and what they say.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/settings/findings.h"

namespace cli {

// All variables whose name begins with "MCP_".
using Environment = std::map<std::string, std::string, std::less<>>;

// `help variables`, the reference page and the map of names are made of this table.
struct Variable {
    std::string_view name{};
    std::string_view group{};      // its heading in the reference
    std::string_view required{};   // "yes", or when; empty: it is optional
    std::string_view otherwise{};  // what holds without it
    std::string_view what{};       // for people, in Markdown
    std::string_view key{};        // the keys of the file that say the same, with a space between
    std::string_view option{};     // the option of `run` that says the same
};
std::span<const Variable> known_variables() noexcept;

// Of this process, without what Kubernetes sets for every service.
Environment read_environment();

// What Kubernetes tells a container about a service whose name begins with "mcp-": MCP_X_SERVICE_HOST,
// MCP_X_PORT=tcp://10.0.0.1:80, MCP_X_PORT_80_TCP_ADDR.
bool is_of_a_service(std::string_view name, std::string_view value);

// The names of settings that are there and not empty.
std::vector<std::string> settings_in(const Environment& environment);

// Names that nobody reads. One that is nearly a known one is a mistake; others may have been set by somebody else
// (Kubernetes names variables after services), and are only told.
void find_unknown(const Environment& environment, Findings& findings);

// What every value must be before anyone looks at what it means: not too long for a line of nginx's configuration,
// UTF-8, no control characters. The value is not repeated.
void find_unprintable(const Environment& environment, Findings& findings);

}  // namespace cli
