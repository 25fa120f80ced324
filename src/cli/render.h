// The configuration of nginx that settings make. Values are data: whatever they are, they stay one parameter of the
// directive they belong to.
#pragma once

#include <string>

#include "cli/settings.h"

namespace cli {

struct Places {
    std::string modules = "/usr/lib/nginx/modules";  // of nginx's dynamic modules
    std::string state = "/tmp";                      // for the configuration, the pid and temporary files
};

// The same bytes for the same settings and places.
std::string render(const Settings& settings, const Places& places);

// A parameter of nginx's configuration that means exactly `text`, which has no control characters.
std::string nginx_parameter(std::string_view text);

}  // namespace cli
