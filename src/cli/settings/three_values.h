// The shortest way to say what nginx is to do: --resource, --authorization-server and --backend.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/settings/findings.h"
#include "cli/settings/gateway.h"

namespace cli {

// As they stand on the command line; what was not given is empty.
struct ThreeValues {
    std::optional<std::string> resource;
    std::optional<std::string> authorization_server;
    std::optional<std::string> backend;
    std::vector<std::string> scopes;
    std::optional<std::string> port;
    std::optional<std::string> status_port;
    std::optional<std::string> audit_log;

    bool are_given() const noexcept;  // any of them
};

// Everything else is derived, and told in findings.derived. Looks at no file and at no network.
Gateway read_gateway(const ThreeValues& values, Findings& findings);

}  // namespace cli
