// Discovery: whatever an authorization server sends, nothing but absolute http(s) URLs comes out, and only of the
// issuer that was asked. The first line of the input is the issuer, the rest is the document; both are also read as a
// Cache-Control header.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/http_url.h"
#include "oauth/discovery/freshness.h"
#include "oauth/discovery/metadata.h"
#include "oauth/discovery/well_known.h"
#include "oauth/json/json.h"

namespace {

using namespace oauth::discovery;

void require(bool condition) {
    if (!condition) std::abort();
}

void check_url(const std::optional<std::string>& text, std::string_view issuer) {
    if (!text) return;
    const auto url = base::HttpUrl::parse(*text);
    require(url.has_value());
    require(url->secure || !issuer.starts_with("https://"));
}

void check_metadata(std::string_view document, std::string_view issuer) {
    const auto metadata = ServerMetadata::parse(document, issuer);
    if (!metadata) return;
    const auto parsed = oauth::json::Document::parse(document, {.max_bytes = ServerMetadata::max_document_bytes});
    require(parsed && parsed->root().member("issuer")->string() == issuer);
    check_url(metadata->jwks_uri, issuer);
}

void check_well_known(std::string_view issuer) {
    const auto urls = metadata_urls(issuer);
    if (!urls) return;
    const auto url = base::HttpUrl::parse(issuer);
    require(url && (urls->size() == 2 || urls->size() == 3));
    for (const std::string& place : *urls) {
        const auto parsed = base::HttpUrl::parse(place);
        require(parsed && parsed->origin == url->origin && parsed->query.empty());
    }
}

void check_freshness(std::string_view header) {
    const auto age = max_age(header);
    require(!age || age->count() >= 0);
    const FreshnessBounds bounds;
    const Freshness result = freshness(age, bounds, static_cast<std::uint32_t>(header.size()));
    require(result.refresh_after >= bounds.shortest && result.refresh_after <= bounds.longest);
    require(result.usable_for >= result.refresh_after + bounds.stale);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line = input.find('\n');
    const std::string_view issuer = input.substr(0, line);
    const std::string_view document = line == input.npos ? std::string_view() : input.substr(line + 1);
    check_well_known(issuer);
    check_metadata(document, issuer);
    check_freshness(issuer);
    check_freshness(document);
    return 0;
}
