// The text of nginx's configuration, line by line.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

// A parameter of nginx's configuration that means exactly `text`, which has no control characters.
std::string nginx_parameter(std::string_view text);

// A regular expression that matches exactly this path.
std::string path_pattern(std::string_view path);

class Configuration {
public:
    using Parameters = std::initializer_list<std::string_view>;

    void line(std::string_view directive, Parameters parameters);
    void line(std::string_view directive, const std::vector<std::string>& parameters);
    // Left out when there is nothing to say.
    void line_if_said(std::string_view directive, std::string_view parameter);
    void line_if_said(std::string_view directive, const std::vector<std::string>& parameters);
    void open(std::string_view directive, Parameters parameters);
    void close();
    void comment(std::string_view line);  // before all else, with its "#" and line break

    // Whom the lines from now on are about.
    void set_origin(std::string origin) { origin_ = std::move(origin); }

    std::string take_text() { return std::move(text_); }
    std::vector<std::string> take_origins() { return std::move(origins_); }

private:
    static constexpr std::size_t indent = 4;

    void begin(std::string_view directive, Parameters parameters);
    void end(std::string_view how);

    std::string text_;
    std::vector<std::string> origins_;  // of every line
    std::string origin_;
    std::size_t depth_ = 0;
};

}  // namespace cli
