#include "cli/terminal.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "base/escape.h"
#include "base/http_url.h"
#include "base/text.h"
#include "cli/commands.h"
#include "oauth/json/json_text.h"

namespace cli {

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view before = text;
        const char32_t character = base::take_character(text);
        if (character >= 0x20 && character < 0x7F) {
            out += before[0];
        } else if (character == base::replacement_character && !before.starts_with(base::replacement_utf8)) {
            const auto byte = static_cast<unsigned char>(before[0]);
            base::append_hex(out += "\\x", {&byte, 1});
        } else {
            base::append_unicode_escape(out, character);
        }
    }
    return out;
}

void say(std::string_view line) noexcept {
    static_cast<void>(std::puts(printable(line).c_str()));
}

void pass_on(std::string_view lines) noexcept {
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        static_cast<void>(std::fprintf(stderr, "%s\n", printable(lines.substr(0, end)).c_str()));
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
}

std::string shown(std::string_view value) {
    const std::string_view beginning = value.substr(std::min(value.find_first_not_of(' '), value.size()));
    for (const std::string_view secret : {"{", "eyJ", "Bearer "})  // a key set, a token
        if (beginning.starts_with(secret)) return "\"...\"";
    return oauth::json::quoted(base::printable_url(value));
}

void complain(const std::string& text) noexcept {
    static_cast<void>(std::fflush(stdout));  // in the order in which it was said
    static_cast<void>(std::fprintf(stderr, "mcp-resource: %s\n", printable(text).c_str()));
}

namespace {

int status_of(const std::function<void()>& body) noexcept {
    try {
        body();
        return static_cast<int>(Exit::ok);
    } catch (const Failure& failure) {
        if (!failure.text.empty()) complain(failure.text);
        return failure.status;
    } catch (const std::exception& error) {
        complain(error.what());
        return static_cast<int>(Exit::usage);
    }
}

}  // namespace

// What was said and got lost is no success: a token, a configuration, an answer.
int status_after(const std::function<void()>& body) noexcept {
    const int status = status_of(body);
    errno = 0;
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
    const std::string reason = errno == 0 ? "" : std::string(": ") + std::strerror(errno);
    complain("cannot write standard output" + reason);
    return status == static_cast<int>(Exit::ok) ? static_cast<int>(Exit::refused) : status;
}

}  // namespace cli
