// The http and https URLs (RFC 9110 section 4.2) that issuers and their metadata name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

// A view of the URL's text.
struct HttpUrl {
    bool secure;              // https
    std::string_view origin;  // "https://example.com:8443"
    std::string_view host;    // without the port; an IPv6 address with its brackets
    std::string_view path;    // empty, or from the first slash on
    bool has_query;

    // Strict: lower-case scheme, a host (an IP address in its usual spelling), no user information, no fragment, no "."
    // or ".." in the path, nothing that RFC 3986 does not allow in a URI. libcurl reads it in the same way.
    static std::optional<HttpUrl> parse(std::string_view text) noexcept;

    bool same_host_as(const HttpUrl& other) const noexcept;  // case-insensitive
    // Scheme, host and port (RFC 6454 section 5), whether the scheme's own port is written or not.
    bool same_origin_as(const HttpUrl& other) const noexcept;
};

// A URL, or what should have been one, for a message: without user information, query and fragment, which may hold
// secrets. "..." stands where something was left out.
std::string printable_url(std::string_view text);

// "." or ".." as a segment of a path, percent-encoded or not: a parser may remove it, with the segment before.
bool has_dot_segment(std::string_view path) noexcept;

}  // namespace base
