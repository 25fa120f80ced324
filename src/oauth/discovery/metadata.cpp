#include "oauth/discovery/metadata.h"

#include <new>

#include "base/http_url.h"
#include "oauth/json/json.h"
#include "oauth/json/json_lenient.h"

namespace oauth::discovery {
namespace {

// Nobody is refused for a number or a string that nobody needs: what the strict parser cannot read, a URL cannot hold.
std::expected<json::Document, Error> read(std::string_view text) {
    const json::Limits limits{.max_bytes = ServerMetadata::max_document_bytes};
    auto document = json::Document::parse(text, limits);
    if (document || document.error() == Error::document_too_large) return document;
    const auto readable = json::without_unreadable_values(text);
    if (readable) document = json::Document::parse(*readable, limits);
    return document;
}

std::optional<Error> check_issuer(const json::Value& document, std::string_view issuer) noexcept {
    const auto member = document.present("issuer");
    if (!member) return Error::metadata_issuer_missing;
    if (member->string() != issuer) return Error::metadata_issuer_mismatch;
    return std::nullopt;
}

std::expected<ServerMetadata, Error> read_jwks_uri(const json::Value& document, bool secure_only) {
    const auto member = document.present("jwks_uri");
    if (!member || member->string() == "") return ServerMetadata{};
    const std::string_view text = member->string().value_or("");
    const auto url = base::HttpUrl::parse(text);
    if (!url) return std::unexpected(Error::metadata_url_invalid);
    if (secure_only && !url->secure) return std::unexpected(Error::metadata_url_insecure);
    return ServerMetadata{.jwks_uri = std::string(text)};
}

}  // namespace

std::expected<ServerMetadata, Error> ServerMetadata::parse(std::string_view document, std::string_view issuer) noexcept
    try {
    const auto parsed = read(document);
    if (!parsed) return std::unexpected(parsed.error());
    const json::Value root = parsed->root();
    if (root.kind() != json::Kind::object) return std::unexpected(Error::metadata_not_object);
    if (const auto error = check_issuer(root, issuer)) return std::unexpected(*error);
    const auto issuer_url = base::HttpUrl::parse(issuer);
    return read_jwks_uri(root, !issuer_url || issuer_url->secure);
} catch (const std::bad_alloc&) {
    return std::unexpected(Error::out_of_memory);
}

}  // namespace oauth::discovery
