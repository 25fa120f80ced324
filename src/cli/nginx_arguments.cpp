#include "cli/nginx_arguments.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

namespace cli {
namespace {

constexpr std::string_view spaces = " \t\r\n";

// As nginx reads its arguments: letters may stand together, and what some of them take is the rest or the next
// argument. `visit` gets each letter, and what it takes (the argument that it stands in, and where in it) or nullptr.
using Visit = std::function<void(char, std::string*, std::size_t)>;
void visit_options(Command& arguments, const Visit& visit) {
    for (std::size_t index = 0; index < arguments.size(); index++) {
        const std::string& argument = arguments[index];
        if (!argument.starts_with('-')) continue;
        for (std::size_t place = 1; place < arguments[index].size(); place++) {
            const char letter = arguments[index][place];
            if (!std::string_view("pecgs").contains(letter)) {
                visit(letter, nullptr, 0);
                continue;
            }
            const bool is_next = place + 1 == arguments[index].size();
            if (is_next && index + 1 == arguments.size()) return;  // nginx says what is missing
            index += is_next ? 1 : 0;
            visit(letter, &arguments[index], is_next ? 0 : place + 1);
            break;
        }
    }
}

// The text that -g takes, and where in its argument it begins; the last one counts.
std::pair<std::string*, std::size_t> global_directives(Command& arguments) {
    std::pair<std::string*, std::size_t> found{nullptr, 0};
    visit_options(arguments, [&](char letter, std::string* value, std::size_t begin) {
        if (letter == 'g') found = {value, begin};
    });
    return found;
}

// Words, and ";", "{", "}" as words of their own. A quoted text is one word; its quotes are not part of it.
class Words {
public:
    explicit Words(std::string_view text) : rest_(text) {}

    // Empty: the end, or "".
    std::string_view next() {
        skip_spaces_and_comments();
        if (rest_.empty()) return {};
        if (std::string_view(";{}").contains(rest_[0])) return take(1);
        if (rest_[0] == '"' || rest_[0] == '\'') return quoted();
        return take(rest_.find_first_of(" \t\r\n;{"));
    }
    bool at_end() {
        skip_spaces_and_comments();
        return rest_.empty();
    }

private:
    void skip_spaces_and_comments() {
        for (;;) {
            rest_.remove_prefix(std::min(rest_.find_first_not_of(spaces), rest_.size()));
            if (!rest_.starts_with('#')) return;
            rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
        }
    }

    std::string_view take(std::size_t size) {
        const std::string_view word = rest_.substr(0, size);
        rest_.remove_prefix(word.size());
        return word;
    }

    std::string_view quoted() {
        const char quote = take(1)[0];
        std::size_t end = 0;
        while (end < rest_.size() && rest_[end] != quote)
            end += rest_[end] == '\\' ? 2 : 1;
        const std::string_view word = take(std::min(end, rest_.size()));
        take(1);
        return word;
    }

    std::string_view rest_;
};

}  // namespace

bool ends_by_itself(const Command& arguments) {
    Command copy = arguments;
    bool ends = false;
    visit_options(copy, [&](char letter, const std::string*, std::size_t) {
        ends = ends || std::string_view("?hvVtTs").contains(letter);
    });
    return ends;
}

Daemon daemon_of(std::string_view configuration) {
    Words words(configuration);
    int depth = 0;
    bool is_first = true;  // of a directive
    while (!words.at_end()) {
        const std::string_view word = words.next();
        if (word == "{") depth++;
        if (word == "}") depth--;
        if (is_first && depth == 0 && word == "daemon") return words.next() == "off" ? Daemon::off : Daemon::on;
        is_first = word == ";" || word == "{" || word == "}";
    }
    return Daemon::unsaid;
}

Daemon daemon_of(const Command& arguments) {
    Command copy = arguments;
    const auto [value, begin] = global_directives(copy);
    return value == nullptr ? Daemon::unsaid : daemon_of(std::string_view(*value).substr(begin));
}

void stay_in_foreground(Command& command) {
    const auto [value, begin] = global_directives(command);
    if (value != nullptr)
        value->insert(begin, "daemon off; ");
    else
        command.insert(command.end(), {"-g", "daemon off;"});
}

}  // namespace cli
