// Where the keys of an issuer are, by its metadata (RFC 8414), which may stand at one of several places. Reads what
// somebody else fetches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "oauth/error.h"

namespace oauth::discovery {

// What came from one place.
struct FetchedMetadata {
    std::string_view document;       // with status 200
    std::string trouble{};           // instead of a document
    bool was_server_reached = true;  // else another place of it is no better
};

class MetadataSearch {
public:
    // Errors: those of metadata_urls().
    static std::expected<MetadataSearch, Error> of(std::string issuer);

    // Begins anew: at the place where the metadata was the last time, and there only; else at the first.
    void begin() noexcept;
    const std::string& url() const noexcept { return urls_[at_]; }  // to be fetched now
    enum class Next : std::uint8_t {
        keys,      // jwks_uri() says where they are
        next_url,  // this was not the place: fetch url(), which is another
        no_more,   // trouble() tells of all that were tried
        no_keys    // the issuer has metadata, and no jwks_uri
    };
    Next take(FetchedMetadata fetched);
    const std::string& jwks_uri() const noexcept { return jwks_uri_; }
    const std::string& trouble() const noexcept { return trouble_; }

    // True when a URL is at another host than the issuer, where it may lead anywhere (SPEC 53): it is fetched from
    // public addresses alone.
    bool leads_elsewhere(std::string_view url) const noexcept;

private:
    MetadataSearch(std::string issuer, std::vector<std::string> urls);
    std::expected<std::string, std::string> read(FetchedMetadata fetched);

    std::string issuer_;
    std::vector<std::string> urls_;
    std::size_t at_ = 0;
    bool is_found_ = false;  // at that place
    std::string trouble_;
    bool publishes_no_keys_ = false;
    std::string jwks_uri_;
};

}  // namespace oauth::discovery
