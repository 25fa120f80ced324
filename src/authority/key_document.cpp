#include "authority/key_document.h"

#include "oauth/jwt/published_keys.h"

namespace authority {

using oauth::jwt::JwkSet;

namespace {

auto parse(std::string_view document, KeyFormat format) noexcept {
    return format == KeyFormat::jwks ? JwkSet::parse_jwks(document) : JwkSet::parse_keyval(document);
}

}  // namespace

std::expected<JwkSet, std::string> read_first_keys(std::string_view document, KeyFormat format) {
    auto keys = parse(document, format);
    if (!keys) return std::unexpected(text(keys.error()));
    return *std::move(keys);
}

std::expected<JwkSet, std::string> read_keys(std::string_view document, KeyFormat format) {
    auto keys = parse(document, format);
    if (keys) return *std::move(keys);
    if (oauth::jwt::is_withdrawal(keys.error())) return JwkSet();
    return std::unexpected(text(keys.error()));
}

}  // namespace authority
