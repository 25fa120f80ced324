#include "authority/key_document.h"

#include "oauth/error.h"

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
    const auto& [reason, skipped] = keys.error();
    if (reason == oauth::Error::key_set_unusable && skipped.empty()) return JwkSet();
    return std::unexpected(text(keys.error()));
}

}  // namespace authority
