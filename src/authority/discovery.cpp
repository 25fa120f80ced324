#include "authority/discovery.h"

#include "authority/fetched_document.h"
#include "ngx/config.h"

namespace authority {
namespace {

using oauth::discovery::MetadataSearch;

// Could another place of the same server do better?
bool server_was_reached(const ngx::FetchResult& fetched) noexcept {
    if (fetched) return true;
    const ngx::FetchError error = fetched.error().error;
    return error == ngx::FetchError::redirect_refused || error == ngx::FetchError::response_too_large ||
           error == ngx::FetchError::response_encoded;
}

MetadataSearch search_of(const std::string& issuer) {
    auto search = MetadataSearch::of(issuer);
    if (!search)
        throw ngx::ConfigError(ngx::url_in_quotes(issuer) + " cannot be discovered: " + text_of(search.error()));
    return *std::move(search);
}

}  // namespace

Discovery::Discovery(const std::string& issuer) : MetadataSearch(search_of(issuer)) {}

Discovery::Next Discovery::take(const ngx::FetchResult& fetched) {
    return MetadataSearch::take({.document = fetched ? std::string_view(fetched->body) : std::string_view(),
                                 .trouble = trouble_with(fetched),
                                 .was_server_reached = server_was_reached(fetched)});
}

}  // namespace authority
