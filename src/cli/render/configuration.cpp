#include "cli/render/configuration.h"

#include <algorithm>

#include "base/ascii.h"

namespace cli {
namespace {

bool needs_no_quotes(char c) noexcept {
    return base::is_letter_or_digit(c) || std::string_view("/._-:=+*%~@^,?&[]$").contains(c);
}

bool means_itself(char c) noexcept {
    return base::is_letter_or_digit(c) || std::string_view("/-_~").contains(c) || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string nginx_parameter(std::string_view text) {
    if (!text.empty() && std::ranges::all_of(text, needs_no_quotes)) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

std::string path_pattern(std::string_view path) {
    std::string pattern;
    for (const char c : path) {
        if (!means_itself(c)) pattern += '\\';
        pattern += c;
    }
    return pattern;
}

void Configuration::line(std::string_view directive, Parameters parameters) {
    begin(directive, parameters);
    end(";\n");
}

void Configuration::line(std::string_view directive, const std::vector<std::string>& parameters) {
    begin(directive, {});
    for (const std::string& parameter : parameters)
        text_ += ' ' + nginx_parameter(parameter);
    end(";\n");
}

void Configuration::line_if_said(std::string_view directive, std::string_view parameter) {
    if (!parameter.empty()) line(directive, {parameter});
}

void Configuration::line_if_said(std::string_view directive, const std::vector<std::string>& parameters) {
    if (!parameters.empty()) line(directive, parameters);
}

void Configuration::open(std::string_view directive, Parameters parameters) {
    begin(directive, parameters);
    end(" {\n");
    depth_++;
}

void Configuration::close() {
    depth_--;
    begin("}", {});
    end("\n");
}

void Configuration::comment(std::string_view line) {
    text_ += line;
    origins_.emplace_back();
}

void Configuration::begin(std::string_view directive, Parameters parameters) {
    text_.append(depth_ * indent, ' ').append(directive);
    for (const std::string_view parameter : parameters)
        text_ += ' ' + nginx_parameter(parameter);
}

void Configuration::end(std::string_view how) {
    text_ += how;
    origins_.push_back(origin_);
}

}  // namespace cli
