#include "cli/terminal.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>

#include "base/ascii.h"
#include "base/http_url.h"
#include "base/text.h"
#include "cli/commands.h"
#include "oauth/json/json_text.h"

namespace cli {
namespace {

void append_unit(std::string& out, std::uint32_t unit) {
    out += "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U})
        out += base::hex_digits[(unit >> shift) & 0xFU];
}

// The length of the UTF-8 character that `text` begins with; 0 when it begins with none.
std::size_t character_size(std::string_view text) noexcept {
    for (std::size_t size = 1; size <= std::min<std::size_t>(4, text.size()); size++)
        if (base::is_utf8(text.substr(0, size))) return size;
    return 0;
}

std::uint32_t code_point(std::string_view character) noexcept {
    const auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1) return first;
    std::uint32_t code = first & (0x7FU >> character.size());
    for (const char c : character.substr(1))
        code = (code << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
    return code;
}

void append_character(std::string& out, std::uint32_t code) {
    if (code < 0x10000) return append_unit(out, code);
    append_unit(out, 0xD800U + ((code - 0x10000U) >> 10U));
    append_unit(out, 0xDC00U + ((code - 0x10000U) & 0x3FFU));
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text[0]);
        const std::size_t size = character_size(text);
        if (byte >= 0x20 && byte < 0x7F) {
            out += text[0];
        } else if (size == 0) {
            out += {'\\', 'x', base::hex_digits[byte >> 4U], base::hex_digits[byte & 0xFU]};
        } else {
            append_character(out, code_point(text.substr(0, size)));
        }
        text.remove_prefix(std::max<std::size_t>(size, 1));
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
