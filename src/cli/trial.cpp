#include "cli/trial.h"

#include <algorithm>
#include <string_view>

#include "cli/commands.h"
#include "cli/nginx_messages.h"
#include "cli/progress.h"
#include "cli/terminal.h"

namespace cli {
namespace {

constexpr int not_started = 127;

bool is_of(const NginxMessage& message, const std::string& file) {
    return message.file.ends_with('/' + file);
}

// Directives tell what they are told of by values that we have looked at ourselves.
bool is_known(const NginxMessage& message, const std::vector<std::string>& warnings) {
    static constexpr std::string_view mark = "\" directive: ";
    const std::size_t at = message.text.find(mark);
    if (at == std::string_view::npos) return false;
    const std::string_view what = message.text.substr(at + mark.size());
    return std::ranges::any_of(warnings, [&](const std::string& warning) { return warning.ends_with(what); });
}

// As nginx will say it when the file has its later name.
std::string as_later(const NginxMessage& message, const Trial& trial) {
    if (!is_of(message, trial.file)) return std::string(message.whole);
    const std::string_view folder = message.file.substr(0, message.file.size() - trial.file.size());
    return std::string(message.text) + " in " + std::string(folder) + trial.later + ':' + std::to_string(message.line);
}

[[noreturn]] void refuse(const Outcome& outcome, const Trial& trial, const Rendered& conf) {
    pass_on(outcome.output);
    if (outcome.status == not_started) fail_usage("--nginx names the program, " + shown(trial.nginx.front()) + " here");
    std::string_view origin;
    for (const NginxMessage& message : nginx_warnings(outcome.output))
        if (message.level != "warn" && is_of(message, trial.file)) origin = conf.origin_of(message.line);
    fail_usage("nginx does not accept the configuration that " +
               (origin.empty() ? "these settings make" : std::string(origin) + " makes") +
               "; `mcp-resource render` prints it");
}

}  // namespace

std::string told_warning(const NginxMessage& message, const std::string& file, const Rendered& conf) {
    const std::string kind = message.level == "warn" ? "warning: nginx" : "nginx (" + std::string(message.level) + ')';
    if (!is_of(message, file)) return kind + ": " + std::string(message.whole);
    const std::string_view origin = conf.origin_of(message.line);
    if (!origin.empty()) return kind + ", of " + std::string(origin) + ": " + std::string(message.text);
    return kind + ": " + std::string(message.text) + " in line " + std::to_string(message.line) +
           " of what `mcp-resource render` prints";
}

std::vector<std::string> try_configuration(const Trial& trial, const Rendered& conf,
                                           const std::vector<std::string>& warnings) {
    const Outcome outcome = [&] {
        const WaitNotice notice("nginx checks the configuration, and the files and names in it");
        return run_to_end(trial.nginx, trial.folder);
    }();
    if (outcome.status != 0) refuse(outcome, trial, conf);
    std::vector<std::string> again;
    for (const NginxMessage& message : nginx_warnings(outcome.output)) {
        if (!is_known(message, warnings)) complain(told_warning(message, trial.file, conf));
        again.push_back(as_later(message, trial));
    }
    return again;
}

}  // namespace cli
