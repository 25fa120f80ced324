// How nginx asks the servers that its settings name: so do the commands that look at them.
#pragma once

#include <optional>
#include <string>

#include "cli/http.h"
#include "cli/settings/gateway.h"

namespace cli {

struct Outgoing {
    std::string ca_file;
    bool only_ca_file = false;  // as nginx takes `ca` of its settings
    std::optional<HttpProxy> proxy;
    bool as_nginx = false;  // there are settings: a proxy of the environment is not theirs

    // Reads the file with the proxy's password. Throws the Failure that ends the command.
    static Outgoing of(const Gateway& gateway);

    // Besides the system's, in place of what the settings name; an empty name changes nothing.
    void trust_also(const std::string& file);

    // *this must live as long as the request.
    void prepare(HttpRequest& request) const;
};

}  // namespace cli
