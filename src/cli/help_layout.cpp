#include "cli/help_layout.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {
namespace {

constexpr std::size_t width = 100;
constexpr std::size_t column = 30;  // where descriptions begin

// The words of `text`, in lines that begin at `margin`; the first of them is at `at` already.
std::string wrapped(const std::string& text, std::size_t margin, std::size_t at) {
    std::string result;
    std::istringstream words(text);
    for (std::string word; words >> word; at += word.size()) {
        if (at > margin && at + 1 + word.size() > width) {
            result.append("\n").append(margin, ' ');
            at = margin;
        } else if (at > margin) {
            result += ' ';
            at++;
        }
        result += word;
    }
    return result + '\n';
}

std::string entry(std::string name, const std::string& description) {
    name.insert(0, "  ");
    if (name.size() + 2 > column) name += '\n' + std::string(column, ' ');
    const std::size_t last_line = name.size() - (name.rfind('\n') + 1);
    name.append(column - std::min(column, last_line), ' ');
    return name + wrapped(description, column, column);
}

std::string paragraphs(const std::string& text) {
    std::string result;
    std::string open;  // a paragraph that goes on
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const bool is_kept = line.empty() || line.front() == ' ';
        if (!is_kept) {
            open.append(open.empty() ? "" : " ").append(line);
            continue;
        }
        if (!open.empty()) result += wrapped(open, 0, 0);
        open.clear();
        result += line + '\n';
    }
    return open.empty() ? result : result + wrapped(open, 0, 0);
}

// In the order in which they are shown.
struct CommandGroup {
    std::string_view title;
    std::vector<std::string_view> commands;
};
const std::array<CommandGroup, 5> command_groups = {{
    {.title = "Run", .commands = {"run", "nginx", "healthcheck"}},
    {.title = "Settings", .commands = {"check", "render", "convert", "schema"}},
    {.title = "Diagnose", .commands = {"doctor", "token inspect"}},
    {.title = "Create", .commands = {"keys generate", "token mint"}},
    {.title = "Help", .commands = {"help"}},
}};

using Descriptions = std::map<std::string, std::string>;

// Of those that do something, by their whole names.
void collect(const CLI::App& app, const std::string& path, Descriptions& descriptions) {
    const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
    if (commands.empty()) descriptions[path] = app.get_description();
    for (const CLI::App* command : commands)
        collect(*command, (path.empty() ? "" : path + ' ') + command->get_name(), descriptions);
}

class HelpLayout final : public CLI::Formatter {
public:
    HelpLayout() {
        label("Positionals", "Arguments");
        label("SUBCOMMAND", "COMMAND");
    }

    std::string make_usage(const CLI::App* app, std::string name) const override {
        return '\n' + Formatter::make_usage(app, std::move(name));
    }
    std::string make_footer(const CLI::App* app) const override { return paragraphs(app->get_footer()); }
    // All that do something, however deep they stand: nobody has to look for "token inspect" behind "token".
    std::string make_subcommands(const CLI::App* app, CLI::AppFormatMode) const override {
        if (app->get_subcommands([](const CLI::App*) { return true; }).empty()) return {};
        Descriptions descriptions;
        collect(*app, path_of(*app), descriptions);
        std::string text;
        for (const auto& [title, commands] : command_groups)
            text += take(title, commands, descriptions);
        for (const auto& [command, description] : descriptions)  // of no group
            text += entry(command, description);
        return text;
    }
    std::string make_option(const CLI::Option* option, bool is_positional) const override {
        return entry(name_of(*option, is_positional), description_of(*option));
    }

    std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
        return make_description(app) + make_usage(app, std::move(name)) + make_positionals(app) + groups_of(app) +
               make_subcommands(app, mode) + '\n' + make_footer(app);
    }

private:
    // What every command has comes last.
    std::string groups_of(const CLI::App* app) const {
        std::string text;
        std::string last;
        for (const std::string& group : app->get_groups()) {
            const auto options = app->get_options(
                [&](const CLI::Option* option) { return option->get_group() == group && option->nonpositional(); });
            if (!group.empty() && !options.empty())
                (group == "Options" ? last : text) += make_group(group, false, options);
        }
        return text + last;
    }

    static std::string path_of(const CLI::App& app) { return app.get_parent() == nullptr ? "" : app.get_name(); }

    // A group of what is left; empty: nothing of it is.
    static std::string take(std::string_view title, const std::vector<std::string_view>& commands,
                            Descriptions& descriptions) {
        std::string text;
        for (const std::string_view command : commands)
            if (const auto found = descriptions.find(std::string(command)); found != descriptions.end()) {
                text += entry(found->first, found->second);
                descriptions.erase(found);
            }
        return text.empty() ? text : '\n' + std::string(title) + ":\n" + text;
    }

    // "--leeway SECONDS"
    static std::string name_of(const CLI::Option& option, bool is_positional) {
        std::string name = option.get_name(is_positional, !is_positional);
        if (const std::size_t comma = name.find(','); comma != std::string::npos) name.insert(comma + 1, " ");
        const std::string type = option.get_type_name();
        if (is_positional || option.get_type_size() == 0) return name;
        return name + ' ' + type.substr(0, type.find(':'));  // what it may be stands behind the colon
    }

    static std::string description_of(const CLI::Option& option) {
        std::string text = option.get_description();
        if (option.get_type_size() == 0) return text;
        if (option.get_expected_max() == CLI::detail::expected_max_vector_size) text += "; can be repeated";
        if (option.get_required()) text += " (required)";
        if (!option.get_default_str().empty()) text += " (default: " + option.get_default_str() + ")";
        return text;
    }
};

}  // namespace

void lay_out_help(CLI::App& app) {
    app.formatter(std::make_shared<HelpLayout>());
    app.set_help_flag("-h,--help", "Print this help");
    const auto commands = app.get_subcommands([](CLI::App*) { return true; });
    if (!commands.empty() && app.get_parent() != nullptr) app.footer("Each command has --help.");  // else its parent's
    for (CLI::App* command : commands)
        lay_out_help(*command);
}

}  // namespace cli
