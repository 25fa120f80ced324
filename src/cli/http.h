// One HTTP request, for commands: blocking, within a time, and with a limit on what is read.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"

namespace cli {

struct HttpProxy {
    std::string url;  // "http://host:port"
    std::string user{};
    base::Secret password{};
    std::vector<std::string> direct{};  // hosts that are reached without it; ".name" stands for all names below it
};

struct HttpRequest {
    std::string url;
    std::string method = "GET";
    std::vector<std::string> headers{};         // "Name: value"
    std::string body{};                         // sent with any method but GET when not empty
    std::chrono::milliseconds timeout{10'000};  // for everything, redirects too
    std::size_t max_body_bytes = std::size_t{1024} * 1024;
    bool as_nginx = false;  // as its workers ask the servers of its settings: no proxy but `proxy`, no coding but none
    bool follow_redirects = false;        // two, within the origin (base/outgoing_request.h)
    bool deny_private_addresses = false;  // for a URL that somebody else wrote
    bool beside_us = false;     // our own nginx, on loopback: no proxy, and its certificate is for another name
    std::string ca_file{};      // certificates that are trusted besides the system's
    bool only_ca_file = false;  // in their place, when there is a file
    std::string client_certificate_file{};  // what we show a server that asks for one; empty: nothing
    std::string client_key_file{};
    const HttpProxy* proxy = nullptr;  // null: none as nginx, else what the environment says (http_proxy, no_proxy)
};

struct HttpAnswer {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;

    std::vector<std::string_view> lines(std::string_view name) const;  // every header line of that lower-case name
    std::string_view header(std::string_view name) const;              // the first one, or empty
    std::string list(std::string_view name) const;                     // all of them as one (RFC 9110 section 5.3)
};

// Why there is no answer, without the URL.
struct HttpError {
    std::string text;
    std::string remedy;
    bool is_unreachable = false;  // nobody was reached who could answer: no name, no connection, no TLS
    bool is_known = false;        // it was not asked again: an earlier request to the same server ended so
    bool is_refused = false;      // there was an answer, of a kind that is not taken
};

// An event stream is read up to its first event with data, or for the time given.
std::expected<HttpAnswer, HttpError> ask(const HttpRequest& request);

}  // namespace cli
