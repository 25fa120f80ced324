#include "cli/own_nginx.h"

#include <sys/types.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

#include "cli/process.h"

namespace cli {
namespace {

std::string content(pid_t process, const char* file) {
    std::ostringstream text;
    text << std::ifstream("/proc/" + std::to_string(process) + '/' + file).rdbuf();
    return std::move(text).str();
}

}  // namespace

bool is_own_nginx(const std::string& cmdline) {
    std::istringstream arguments(cmdline);
    std::string program;
    std::string command;
    std::getline(arguments, program, '\0');
    std::getline(arguments, command, '\0');
    return program.substr(program.rfind('/') + 1) == "mcp-resource" && command == "nginx";
}

OwnNginx own_nginx() {
    constexpr pid_t first = 1;
    std::vector<pid_t> candidates = children_of(first).value_or(std::vector<pid_t>());
    candidates.insert(candidates.begin(), first);
    const auto found =
        std::ranges::find_if(candidates, [](pid_t pid) { return is_own_nginx(content(pid, "cmdline")); });
    if (found == candidates.end()) return OwnNginx::none;
    const auto is_nginx = [](pid_t pid) { return content(pid, "comm") == "nginx\n"; };
    const auto children = children_of(*found);
    if (!children) return OwnNginx::runs;  // this kernel does not tell: the command ends with its nginx
    return std::ranges::any_of(*children, is_nginx) ? OwnNginx::runs : OwnNginx::ended;
}

}  // namespace cli
