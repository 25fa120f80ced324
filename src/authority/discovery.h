// Where the keys of an issuer are, by its metadata (RFC 8414), which may stand at one of several places.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "ngx/fetch.h"

namespace authority {

// Reads what somebody else fetches.
class Discovery {
public:
    // Throws ConfigError, std::bad_alloc.
    explicit Discovery(std::string issuer);

    // Begins anew: at the place where the metadata was the last time, and there only; else at the first.
    void begin() noexcept;
    const std::string& url() const noexcept { return urls_[at_]; }  // to be fetched now
    enum class Next : std::uint8_t {
        keys,      // jwks_uri() says where they are
        next_url,  // this was not the place: fetch url(), which is another
        no_more,   // trouble() tells of all that were tried
        no_keys    // the issuer has metadata, and no jwks_uri
    };
    Next take(const ngx::FetchResult& fetched);
    const std::string& jwks_uri() const noexcept { return jwks_uri_; }
    const std::string& trouble() const noexcept { return trouble_; }

    // True when a URL is at another host than the issuer, where it may lead anywhere (SPEC 53).
    bool leads_elsewhere(std::string_view url) const noexcept;

private:
    std::expected<std::string, std::string> read(const ngx::FetchResult& fetched);

    std::string issuer_;
    std::vector<std::string> urls_;
    std::size_t at_ = 0;
    bool is_found_ = false;  // at that place
    std::string trouble_;
    bool publishes_no_keys_ = false;
    std::string jwks_uri_;
};

}  // namespace authority
