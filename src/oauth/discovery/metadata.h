// What an authorization server says about itself (RFC 8414 section 2, OpenID Connect Discovery 1.0 section 3).
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "oauth/error.h"
#include "oauth/json/json.h"

namespace oauth::discovery {

struct ServerMetadata {
    static constexpr std::size_t max_document_bytes = std::size_t{256} * 1024;

    // An absolute URL: https, or http too when the issuer itself is http. Whoever fetches it must not let it reach
    // private addresses when it leads to another host than the issuer's (SPEC 53).
    std::optional<std::string> jwks_uri;

    // Of the document only what is used here is looked at: nobody is refused for a member that nobody needs. `issuer`
    // is the one that was asked: the document must name exactly that (RFC 8414 section 3.3). Errors: those of documents
    // and of metadata, out_of_memory.
    static std::expected<ServerMetadata, Error> parse(std::string_view document, std::string_view issuer) noexcept;
};

// What differs, where parse() gives an error of metadata: `issuer is "https://a", expected is "https://b"`. For the
// log: what the document says is quoted, escaped and cut. Empty where the error's text says all. Throws std::bad_alloc.
std::string explain(Error error, std::string_view document, std::string_view issuer);

// The whole document, or the members `needed` of one that the strict parser refuses for what stands in another. Errors:
// those of documents. Throws std::bad_alloc.
std::expected<json::Document, Error> read_metadata(std::string_view text, std::span<const std::string_view> needed);

}  // namespace oauth::discovery
