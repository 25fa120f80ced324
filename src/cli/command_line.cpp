#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "cli/commands.h"
#include "cli/settings/edit_distance.h"

namespace cli {
namespace {

constexpr std::size_t shortest_secret = 6;
constexpr std::size_t longest_option = 32;

// A subcommand, also when it is written wrongly.
bool is_word(std::string_view text) noexcept {
    return text.size() <= 16 && std::ranges::all_of(text, [](char c) { return base::is_lower(c) || c == '-'; });
}

// An option, also when it is written wrongly: with two dashes, as all of ours.
bool is_option(std::string_view text) noexcept {
    return text.size() > 2 && text.size() <= longest_option && text.starts_with("--") &&
           std::ranges::all_of(text, [](char c) { return base::is_lower(c) || c == '-'; });
}

std::string_view before_value(std::string_view argument) noexcept {
    return argument.substr(0, argument.find('='));
}

// What is no name of an option or a subcommand, the longest first.
std::vector<std::string> values(std::span<const char* const> arguments) {
    std::vector<std::string> found;
    for (std::size_t i = 1; i < arguments.size(); i++) {
        std::string_view text = arguments[i];
        if (i <= 2 && is_word(text)) continue;
        if (is_option(before_value(text))) text.remove_prefix(std::min(text.find('='), text.size() - 1) + 1);
        if (text.size() >= shortest_secret) found.emplace_back(text);
    }
    std::ranges::sort(found, [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
    return found;
}

std::string without(std::string text, const std::vector<std::string>& values) {
    static constexpr std::string_view hidden = "...";
    for (const std::string& value : values)
        for (std::size_t at = 0; (at = text.find(value, at)) != std::string::npos; at += hidden.size())
            text.replace(at, value.size(), hidden);
    return text;
}

// The subcommand that the line has reached.
const CLI::App& reached(const CLI::App& app) {
    const CLI::App* at = &app;
    while (!at->get_subcommands().empty())
        at = at->get_subcommands().back();
    return *at;
}

// "token inspect"; empty: the command itself.
std::string path_of(const CLI::App& app) {
    if (app.get_parent() == nullptr) return {};
    const std::string above = path_of(*app.get_parent());
    return above.empty() ? app.get_name() : above + ' ' + app.get_name();
}

std::string in_path(const CLI::App& app, const std::string& name) {
    const std::string path = path_of(app);
    return path.empty() ? name : path + ' ' + name;
}

std::string how_to_list(const CLI::App& app) {
    return "`" + in_path(app, "--help").insert(0, "mcp-resource ") + "`";
}

std::vector<std::string> commands_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(command->get_name());
    return names;
}

std::vector<std::string> options_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    return names;
}

// Within two steps, and by less than all that was written; empty: none is.
std::string nearest(std::string_view word, const std::vector<std::string>& names) {
    std::string best;
    std::size_t least = std::min<std::size_t>(3, word.size() - word.find_first_not_of('-'));
    for (const std::string& name : names)
        if (const std::size_t steps = edit_distance(word, name); steps < least) {
            best = name;
            least = steps;
        }
    return best;
}

// A word where a command should be; empty: there is none.
std::string unknown_command(const CLI::App& at) {
    const std::vector<std::string> commands = commands_of(at);
    if (commands.empty()) return {};
    const std::vector<std::string> rest = at.remaining();
    const auto word = std::ranges::find_if(rest, [](const std::string& text) { return !text.starts_with('-'); });
    if (word == rest.end()) return {};
    const std::string shown = is_word(*word) ? '"' + in_path(at, *word) + '"' : "(not shown, as it is not a word)";
    const std::string meant = is_word(*word) ? nearest(*word, commands) : "";
    return "unknown command " + shown +
           (meant.empty() ? "; " + how_to_list(at) + " lists the possible ones"
                          : ": did you mean \"" + in_path(at, meant) + "\"?");
}

// What begins like an option; empty: there is nothing.
std::string unknown_option(const CLI::App& at) {
    const std::vector<std::string> rest = at.remaining();
    const auto found = std::ranges::find_if(rest, [](const std::string& text) { return text.starts_with('-'); });
    if (found == rest.end()) return {};
    const std::string name(before_value(*found));
    if (!is_option(name))
        return "an argument begins with \"-\" and is not an option: put -- before it; " + how_to_list(at) +
               " lists the options";
    const std::string path = path_of(at);
    const std::string meant = nearest(name, options_of(at));
    return "unknown option " + name + (path.empty() ? "" : " of `" + path + "`") +
           (meant.empty() ? "; " + how_to_list(at) + " lists the possible ones" : ": did you mean " + meant + "?");
}

std::string lacks_command(const CLI::App& at) {
    std::string names;
    for (const std::string& name : commands_of(at))
        names.append(names.empty() ? "" : ", ").append(in_path(at, name));
    if (names.empty()) return {};
    return "give a command: " + names + "; " + how_to_list(at) + " describes each";
}

// What is known better than the parser tells it.
std::string mistake_of(const CLI::App& at) {
    std::string text = unknown_command(at);
    if (text.empty()) text = unknown_option(at);
    return text.empty() ? lacks_command(at) : text;
}

}  // namespace

void parse(CLI::App& app, int argc, const char* const* argv) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const bool is_wanted = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
        if (const std::string text = is_wanted ? unknown_command(reached(app)) : mistake_of(reached(app));
            !text.empty())
            fail_usage(text);
        if (is_wanted) {
            app.exit(error);
            return;
        }
        const std::span arguments(argv, static_cast<std::size_t>(argc));
        fail_usage(without(error.what(), values(arguments)) + "; " + how_to_list(reached(app)) +
                   " lists what can be given");
    }
}

}  // namespace cli
