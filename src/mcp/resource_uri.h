// The identifier of a protected resource, its canonical form and where its metadata lives
// (RFC 8707 section 2, RFC 9728 section 3.1, MCP authorization "Canonical Server URI").
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace mcp {

// A URL that base::HttpUrl takes, in its canonical form: scheme and host in lower case, default port left out, and no
// trailing slash when the path is only "/".
class ResourceUri {
public:
    // The error says what is wrong, as the end of a sentence: "has a fragment".
    static std::expected<ResourceUri, std::string> parse(std::string_view text);

    const std::string& text() const noexcept { return text_; }
    std::string_view origin() const noexcept { return view().substr(0, origin_end_); }  // scheme://host[:port]
    std::string_view path() const noexcept { return view().substr(origin_end_, path_end_ - origin_end_); }  // or empty
    std::string_view query() const noexcept { return view().substr(path_end_); }  // with its "?", or empty

    bool is_secure() const noexcept { return is_secure_; }
    bool is_loopback() const noexcept { return is_loopback_; }  // localhost, 127.0.0.0/8 or [::1]

    // Path (and query) of the metadata document: the well-known string stands between host and path.
    std::string well_known_path() const;

    friend bool operator==(const ResourceUri& a, const ResourceUri& b) noexcept { return a.text_ == b.text_; }

private:
    std::string_view view() const noexcept { return text_; }

    std::string text_;
    std::size_t origin_end_ = 0;
    std::size_t path_end_ = 0;
    bool is_secure_ = false;
    bool is_loopback_ = false;
};

inline constexpr std::string_view well_known_prefix = "/.well-known/oauth-protected-resource";

}  // namespace mcp
