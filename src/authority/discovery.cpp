#include "authority/discovery.h"

#include <utility>

#include "authority/fetched_document.h"
#include "base/http_url.h"
#include "ngx/config.h"
#include "oauth/discovery/metadata.h"
#include "oauth/discovery/well_known.h"

namespace authority {
namespace {

using base::HttpUrl;
using oauth::discovery::ServerMetadata;

// Could another place of the same server do better?
bool server_was_reached(const ngx::FetchResult& fetched) noexcept {
    if (fetched) return true;
    const ngx::FetchError error = fetched.error().error;
    return error == ngx::FetchError::redirect_refused || error == ngx::FetchError::response_too_large ||
           error == ngx::FetchError::response_encoded;
}

}  // namespace

Discovery::Discovery(std::string issuer) : issuer_(std::move(issuer)) {
    auto urls = oauth::discovery::metadata_urls(issuer_);
    if (!urls) throw ngx::ConfigError(ngx::url_in_quotes(issuer_) + " cannot be discovered: " + text_of(urls.error()));
    urls_ = *std::move(urls);
}

void Discovery::begin() noexcept {
    if (!is_found_) at_ = 0;
    trouble_.clear();
    publishes_no_keys_ = false;
}

Discovery::Next Discovery::take(const ngx::FetchResult& fetched) {
    auto found = read(fetched);
    const bool was_here = std::exchange(is_found_, found.has_value());
    if (found) {
        jwks_uri_ = *std::move(found);
        return Next::keys;
    }
    trouble_ += (trouble_.empty() ? "" : "; ") + url() + ": " + found.error();
    if (was_here) return Next::no_more;
    if (!server_was_reached(fetched) || at_ + 1 == urls_.size())
        return publishes_no_keys_ ? Next::no_keys : Next::no_more;
    ++at_;
    return Next::next_url;
}

// However many redirects led there: it is the metadata of the issuer that was asked, or nobody's.
std::expected<std::string, std::string> Discovery::read(const ngx::FetchResult& fetched) {
    if (auto trouble = trouble_with(fetched); !trouble.empty()) return std::unexpected(std::move(trouble));
    auto metadata = ServerMetadata::parse(fetched->body, issuer_);
    if (!metadata) {
        const auto difference = oauth::discovery::explain(metadata.error(), fetched->body, issuer_);
        return std::unexpected(text_of(metadata.error()) + (difference.empty() ? "" : ": ") + difference);
    }
    publishes_no_keys_ = publishes_no_keys_ || !metadata->jwks_uri;
    if (!metadata->jwks_uri) return std::unexpected(text_of(oauth::Error::metadata_without_jwks_uri));
    return *std::move(metadata->jwks_uri);
}

bool Discovery::leads_elsewhere(std::string_view url) const noexcept {
    const auto target = HttpUrl::parse(url);
    const auto home = HttpUrl::parse(issuer_);
    return !target || !home || !target->same_host_as(*home);
}

}  // namespace authority
