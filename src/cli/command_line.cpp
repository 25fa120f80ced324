#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"

namespace cli {
namespace {

constexpr std::size_t shortest_secret = 6;

// A subcommand, also when it is written wrongly.
bool is_word(std::string_view text) noexcept {
    return text.size() <= 16 && std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

// What is no name of an option or a subcommand, the longest first.
std::vector<std::string> values(std::span<const char* const> arguments) {
    std::vector<std::string> found;
    for (std::size_t i = 1; i < arguments.size(); i++) {
        std::string_view text = arguments[i];
        if (i <= 2 && is_word(text)) continue;
        if (text.starts_with("-")) text.remove_prefix(std::min(text.find('='), text.size() - 1) + 1);
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

}  // namespace

void parse(CLI::App& app, int argc, const char* const* argv) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
            app.exit(error);
            return;
        }
        const std::span arguments(argv, static_cast<std::size_t>(argc));
        fail_usage(without(error.what(), values(arguments)) + "; --help tells what can be given");
    }
}

}  // namespace cli
