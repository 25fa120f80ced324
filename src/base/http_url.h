// The http and https URLs (RFC 9110 section 4.2) that configurations, issuers and their metadata name. There is one
// parser: what has been judged is what is fetched.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace base {

// A view of the URL's text.
struct HttpUrl {
    bool secure;              // https
    std::string_view origin;  // "https://example.com:8443"
    std::string_view host;    // without the port; an IPv6 address with its brackets
    std::uint16_t port;       // the scheme's own when there is none
    std::string_view path;    // empty, or from the first slash on
    std::string_view query;   // with its "?", or empty

    // Strict: lower-case scheme, a host (an IP address in its usual spelling), no user information, no fragment, no "."
    // or ".." in the path, nothing that RFC 3986 does not allow in a URI. libcurl reads it in the same way.
    // The error says what is wrong, as the end of a sentence: "has a fragment".
    static std::expected<HttpUrl, std::string_view> parse(std::string_view text) noexcept;

    bool same_host_as(const HttpUrl& other) const noexcept;  // case-insensitive
    // Scheme, host and port (RFC 6454 section 5), whether the scheme's own port is written or not.
    bool same_origin_as(const HttpUrl& other) const noexcept;
    // localhost and all below it (RFC 6761 section 6.3), 127.0.0.0/8 or [::1].
    bool is_loopback() const noexcept;
};

// "localhost." is looked up like "localhost": the last dot stands for the root of all names (RFC 1034 section 3.1).
std::string_view without_last_dot(std::string_view host) noexcept;

// Whether a name is that domain, or below it; in any case.
bool is_in_domain(std::string_view name, std::string_view domain) noexcept;

constexpr std::uint16_t default_port(bool secure) noexcept {
    return secure ? 443 : 80;
}

// Where a file or a URL may stand: whether a URL is meant, of whatever scheme and however broken.
constexpr bool is_meant_as_url(std::string_view text) noexcept {
    return text.contains("://");
}

// A URL, or what should have been one, for a message: without user information, query and fragment, which may hold
// secrets. "..." stands where something was left out.
std::string printable_url(std::string_view text);

}  // namespace base
