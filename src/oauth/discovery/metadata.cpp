#include "oauth/discovery/metadata.h"

#include <algorithm>
#include <array>
#include <new>

#include "base/http_url.h"
#include "oauth/json/json_parts.h"
#include "oauth/json/json_text.h"

namespace oauth::discovery {
namespace {

constexpr json::Limits limits{.max_bytes = ServerMetadata::max_document_bytes};
constexpr std::array<std::string_view, 2> needed_members = {"issuer", "jwks_uri"};

// Nobody is refused for what stands in a member that nobody needs, as long as it is JSON. But two members of one name,
// of which others may read the other, are refused whatever they are called.
std::expected<json::Document, Error> read_what_is_needed(std::string_view text,
                                                         std::span<const std::string_view> needed) {
    const auto members = json::members_of(text);
    if (!members) return std::unexpected(members.error());
    std::string read;
    for (const auto& [name, value] : *members) {
        if (std::ranges::find(needed, name) != needed.end()) {
            read.append(read.empty() ? "{" : ",").append(json::quoted(name)).append(":").append(value);
            continue;
        }
        const auto part = json::Document::parse(value, limits);
        if (!part && !json::is_of_one_part(part.error())) return std::unexpected(part.error());
    }
    return json::Document::parse(read.empty() ? "{}" : read + '}', limits);
}

std::optional<Error> check_issuer(const json::Value& document, std::string_view issuer) noexcept {
    const auto member = document.present("issuer");
    if (!member) return Error::metadata_issuer_missing;
    if (member->string() != issuer) return Error::metadata_issuer_mismatch;
    return std::nullopt;
}

// name is "value"
std::string said(const json::Value& document, std::string_view name) {
    const auto value = document.present(name);
    const auto text = value ? value->string() : std::nullopt;
    return std::string(name) + " is " + (text ? json::excerpt(*text) : "no text");
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

std::expected<json::Document, Error> read_metadata(std::string_view text, std::span<const std::string_view> needed) {
    auto document = json::Document::parse(text, limits);
    if (document || !json::is_of_one_part(document.error())) return document;
    return read_what_is_needed(text, needed);
}

std::expected<ServerMetadata, Error> ServerMetadata::parse(std::string_view document, std::string_view issuer) noexcept
    try {
    const auto parsed = read_metadata(document, needed_members);
    if (!parsed) return std::unexpected(parsed.error());
    const json::Value root = parsed->root();
    if (root.kind() != json::Kind::object) return std::unexpected(Error::metadata_not_object);
    if (const auto error = check_issuer(root, issuer)) return std::unexpected(*error);
    const auto issuer_url = base::HttpUrl::parse(issuer);
    return read_jwks_uri(root, !issuer_url || issuer_url->secure);
} catch (const std::bad_alloc&) {
    return std::unexpected(Error::out_of_memory);
}

std::string explain(Error error, std::string_view document, std::string_view issuer) {
    const bool is_about_url = error == Error::metadata_url_invalid || error == Error::metadata_url_insecure;
    const bool is_about_issuer = error == Error::metadata_issuer_mismatch;
    const bool lacks_issuer = error == Error::metadata_issuer_missing;
    if (!is_about_url && !is_about_issuer && !lacks_issuer) return {};
    std::string expected = "expected is " + json::excerpt(issuer);
    if (lacks_issuer) return expected;
    const auto parsed = read_metadata(document, needed_members);
    if (!parsed) return {};
    return is_about_url ? said(parsed->root(), "jwks_uri") : said(parsed->root(), "issuer") + ", " + expected;
}

}  // namespace oauth::discovery
