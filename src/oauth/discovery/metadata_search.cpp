#include "oauth/discovery/metadata_search.h"

#include <utility>

#include "base/http_url.h"
#include "oauth/discovery/metadata.h"
#include "oauth/discovery/well_known.h"

namespace oauth::discovery {

using base::HttpUrl;

std::expected<MetadataSearch, Error> MetadataSearch::of(std::string issuer) {
    auto urls = metadata_urls(issuer);
    if (!urls) return std::unexpected(urls.error());
    return MetadataSearch(std::move(issuer), *std::move(urls));
}

MetadataSearch::MetadataSearch(std::string issuer, std::vector<std::string> urls)
    : issuer_(std::move(issuer)), urls_(std::move(urls)) {}

void MetadataSearch::begin() noexcept {
    if (!is_found_) at_ = 0;
    trouble_.clear();
    publishes_no_keys_ = false;
}

MetadataSearch::Next MetadataSearch::take(FetchedMetadata fetched) {
    const bool was_server_reached = fetched.was_server_reached;
    auto found = read(std::move(fetched));
    const bool was_here = std::exchange(is_found_, found.has_value());
    if (found) {
        jwks_uri_ = *std::move(found);
        return Next::keys;
    }
    trouble_ += (trouble_.empty() ? "" : "; ") + url() + ": " + found.error();
    if (was_here) return Next::no_more;
    if (!was_server_reached || at_ + 1 == urls_.size()) return publishes_no_keys_ ? Next::no_keys : Next::no_more;
    ++at_;
    return Next::next_url;
}

// However many redirects led there: it is the metadata of the issuer that was asked, or nobody's.
std::expected<std::string, std::string> MetadataSearch::read(FetchedMetadata fetched) {
    if (!fetched.trouble.empty()) return std::unexpected(std::move(fetched.trouble));
    auto metadata = ServerMetadata::parse(fetched.document, issuer_);
    if (!metadata) {
        const auto difference = explain(metadata.error(), fetched.document, issuer_);
        return std::unexpected(std::string(describe(metadata.error()).text) + (difference.empty() ? "" : ": ") +
                               difference);
    }
    publishes_no_keys_ = publishes_no_keys_ || !metadata->jwks_uri;
    if (!metadata->jwks_uri) return std::unexpected(std::string(describe(Error::metadata_without_jwks_uri).text));
    return *std::move(metadata->jwks_uri);
}

bool MetadataSearch::leads_elsewhere(std::string_view url) const noexcept {
    const auto target = HttpUrl::parse(url);
    const auto home = HttpUrl::parse(issuer_);
    return !target || !home || !target->same_host_as(*home);
}

}  // namespace oauth::discovery
