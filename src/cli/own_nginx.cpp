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

std::vector<pid_t> children(pid_t process) {
    return children_of(process).value_or(std::vector<pid_t>());
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
    std::vector<pid_t> candidates = children(first);
    candidates.insert(candidates.begin(), first);
    const auto found =
        std::ranges::find_if(candidates, [](pid_t pid) { return is_own_nginx(content(pid, "cmdline")); });
    if (found == candidates.end()) return OwnNginx::none;
    const auto is_nginx = [](pid_t pid) { return content(pid, "comm") == "nginx\n"; };
    return std::ranges::any_of(children(*found), is_nginx) ? OwnNginx::runs : OwnNginx::ended;
}

}  // namespace cli
