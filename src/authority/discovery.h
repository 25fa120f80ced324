// Where the keys of an issuer are, by its metadata (RFC 8414), which may stand at one of several places.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "ngx/fetch.h"
#include "oauth/discovery/freshness.h"

namespace authority {

// Reads what somebody else fetches.
class Discovery {
public:
    // Throws ConfigError, std::bad_alloc.
    Discovery(std::string issuer, const oauth::discovery::FreshnessBounds& bounds);

    // The jwks_uri of the last metadata, as long as that is fresh: else null.
    const std::string* jwks_uri() const noexcept;
    void forget() noexcept { jwks_uri_.reset(); }

    // Begins anew, at the first place.
    void begin() noexcept;
    const std::string& url() const noexcept { return urls_[at_]; }  // to be fetched now
    enum class Next : std::uint8_t {
        keys,      // jwks_uri() is known
        next_url,  // this was not the place: fetch url(), which is another
        no_more,   // trouble() tells of all that were tried
        no_keys    // the issuer has metadata, and no jwks_uri
    };
    Next take(const ngx::FetchResult& fetched);
    const std::string& trouble() const noexcept { return trouble_; }

    // True when a URL is at another host than the issuer, where it may lead anywhere (SPEC 53).
    bool leads_elsewhere(std::string_view url) const noexcept;

private:
    std::expected<std::string, std::string> read(const ngx::FetchResult& fetched);

    std::string issuer_;
    oauth::discovery::FreshnessBounds bounds_;
    std::vector<std::string> urls_;
    std::size_t at_ = 0;
    std::string trouble_;
    bool publishes_no_keys_ = false;
    std::optional<std::string> jwks_uri_;
    std::chrono::milliseconds jwks_uri_until_{0};  // see SharedDocument::now()
};

}  // namespace authority
