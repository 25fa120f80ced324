// The nginx.conf that a gateway makes. Values are data: whatever they are, they stay one parameter of the directive
// they belong to.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/render/machine.h"
#include "cli/settings/gateway.h"

namespace cli {

struct Places {
    std::string modules = "/usr/lib/nginx/modules";  // of nginx's dynamic modules
    std::string pid = "/tmp";                        // folders: for nginx.pid,
    std::string temporary = "/tmp";                  // and for temporary files
};

// Of `Places::modules`.
inline std::string module_file(const std::string& modules) {
    return modules + "/ngx_http_mcp_resource_module.so";
}

// What nginx has temporary files for, and the name of their folder.
inline constexpr std::array<std::string_view, 5> temporary_files = {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"};
inline std::string temporary_folder(std::string_view kind) {
    return "nginx-" + std::string(kind);
}

// How every configuration that we write begins: a file that does not is not ours.
inline constexpr std::string_view marker = "# Written by mcp-resource";

struct Rendered {
    std::string text;
    std::vector<std::string> origins;  // of every line: the resource that it is about; empty: none in particular

    std::string_view origin_of(std::size_t line) const noexcept;  // the first line is 1
};

// The same bytes for the same gateway, places and machine.
Rendered render(const Gateway& gateway, const Places& places, const Machine& machine = {});

// The names that this nginx.conf leaves to whoever answers on machine.name_port.
std::vector<std::string> served_names(const Gateway& gateway, const Machine& machine);

}  // namespace cli
