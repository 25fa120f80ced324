// One HTTP request, for commands: blocking, within a time, and with a limit on what is read.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

struct HttpRequest {
    std::string url;
    std::string method = "GET";
    std::vector<std::string> headers{};  // "Name: value"
    std::string body{};                  // sent with any method but GET when not empty
    std::chrono::seconds timeout{10};
    bool beside_us = false;  // our own nginx, on loopback: no proxy, and its certificate is for another name
};

struct HttpAnswer {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;

    std::vector<std::string_view> lines(std::string_view name) const;  // every header line of that lower-case name
    std::string_view header(std::string_view name) const;              // the first one, or empty
};

// Redirects are not followed. An event stream is read up to its first event with data, or for the time given. Errors
// say what is wrong, without the URL.
std::expected<HttpAnswer, std::string> ask(const HttpRequest& request);

}  // namespace cli
