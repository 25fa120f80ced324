#include "cli/own_nginx.h"

#include <sys/types.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/process.h"

namespace cli {
namespace {

std::string content(pid_t process, const char* file) {
    std::ostringstream text;
    text << std::ifstream("/proc/" + std::to_string(process) + '/' + file).rdbuf();
    return std::move(text).str();
}

std::vector<std::string> arguments_of(const std::string& cmdline) {
    std::istringstream text(cmdline);
    std::vector<std::string> arguments;
    for (std::string argument; std::getline(text, argument, '\0');)
        arguments.push_back(std::move(argument));
    return arguments;
}

bool is_command(const std::vector<std::string>& arguments, std::string_view command) {
    if (arguments.size() < 2) return false;
    const std::string& program = arguments[0];
    return program.substr(program.rfind('/') + 1) == "mcp-resource" && arguments[1] == command;
}

}  // namespace

bool is_own_nginx(const std::string& cmdline) {
    return is_command(arguments_of(cmdline), "nginx");
}

std::string state_of_run(const std::string& cmdline) {
    constexpr std::string_view option = "--state";
    const std::vector<std::string> arguments = arguments_of(cmdline);
    if (!is_command(arguments, "run")) return {};
    std::string state;
    for (std::size_t i = 2; i < arguments.size(); ++i)
        if (arguments[i] == option && i + 1 < arguments.size())
            state = arguments[i + 1];
        else if (arguments[i].starts_with(option) && arguments[i].substr(option.size()).starts_with('='))
            state = arguments[i].substr(option.size() + 1);
    return state.starts_with('/') ? state : std::string();
}

std::string state_of_first_run() {
    return state_of_run(content(1, "cmdline"));
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
