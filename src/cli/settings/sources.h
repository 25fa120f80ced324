// Where settings come from: three values on the command line, a file, or else the environment; never two of them.
#pragma once

#include <optional>
#include <string>

#include "cli/settings/environment.h"
#include "cli/settings/findings.h"
#include "cli/settings/gateway.h"
#include "cli/settings/three_values.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace cli {

struct Sources {
    ThreeValues values;
    std::optional<std::string> file;  // --config

    // Of commands that only look: in the container of a server, MCP_CONFIG is what that server runs with.
    bool overrides_file_variable = false;
};

// --resource, --authorization-server, --backend, --scope, --port, --status-port, --audit-log and --config. `sources`
// must live as long as the command.
void add_source_options(CLI::App& command, Sources& sources);

// The file that is to be read: of --config, or of MCP_CONFIG.
std::optional<std::string> settings_file(const Sources& sources, const Environment& environment);

// All mistakes are in `findings`; nothing may be done with the gateway when there is one. Looks at no file but that of
// the settings, and at no network: find_missing() does.
Gateway read_gateway(const Sources& sources, const Environment& environment, Findings& findings);

}  // namespace cli
