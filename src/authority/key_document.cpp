#include "authority/key_document.h"

#include <algorithm>

#include "oauth/error.h"

namespace authority {
namespace {

using oauth::jwt::JwkSet;
using oauth::jwt::KeySetError;

constexpr std::size_t most_keys_named = 8;

}  // namespace

std::expected<JwkSet, KeySetError> read_key_document(std::string_view document, KeyFormat format) noexcept {
    auto keys = format == KeyFormat::jwks ? JwkSet::parse_jwks(document) : JwkSet::parse_keyval(document);
    const bool has_none =
        !keys && keys.error().reason == oauth::Error::key_set_unusable && keys.error().skipped.empty();
    return has_none ? JwkSet() : std::move(keys);
}

std::string text_of(const KeySetError& error) {
    const auto& skipped = error.skipped;
    if (skipped.size() < 2) return text(error);
    std::string line(oauth::describe(error.reason).text);
    for (std::size_t i = 0; i < std::min(skipped.size(), most_keys_named); ++i)
        line.append("; ").append(text(skipped[i]));
    if (skipped.size() > most_keys_named) line += "; and " + std::to_string(skipped.size() - most_keys_named) + " more";
    return line;
}

}  // namespace authority
