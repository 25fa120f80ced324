// The configuration of nginx that settings make. Values are data: whatever they are, they stay one parameter of the
// directive they belong to.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "cli/settings.h"

namespace cli {

struct Places {
    std::string modules = "/usr/lib/nginx/modules";  // of nginx's dynamic modules
    std::string pid = "/tmp";                        // folders: for nginx.pid,
    std::string temporary = "/tmp";                  // and for temporary files
};

// What nginx has temporary files for, and the name of their folder.
inline constexpr std::array<std::string_view, 5> temporary_files = {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"};
inline std::string temporary_folder(std::string_view kind) {
    return "nginx-" + std::string(kind);
}

// The first line of every configuration that we write: a file without it is not ours.
inline constexpr std::string_view marker =
    "# Written by mcp-resource from the environment: change the variables, not this file.\n";

// The same bytes for the same settings and places.
std::string render(const Settings& settings, const Places& places);

// A parameter of nginx's configuration that means exactly `text`, which has no control characters.
std::string nginx_parameter(std::string_view text);

}  // namespace cli
