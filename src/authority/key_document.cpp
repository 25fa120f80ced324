#include "authority/key_document.h"

#include <algorithm>
#include <span>

#include "oauth/error.h"
#include "oauth/json/json_text.h"

namespace authority {
namespace {

using oauth::jwt::JwkSet;
using oauth::jwt::KeySetError;
using oauth::jwt::SkippedKey;

constexpr std::size_t most_keys_named = 8;
constexpr std::size_t longest_kid = 64;

std::string name_of(const SkippedKey& key) {
    std::string name = "key " + std::to_string(key.index + 1);
    if (key.kid.empty()) return name;
    std::size_t end = std::min(key.kid.size(), longest_kid);
    while (end < key.kid.size() && (static_cast<unsigned char>(key.kid[end]) & 0xC0U) == 0x80U)
        --end;  // between characters
    return name + " (kid " + oauth::json::quoted(std::string_view(key.kid).substr(0, end)) +
           (end < key.kid.size() ? "..." : "") + ")";
}

std::string list(std::span<const SkippedKey> keys) {
    std::string text;
    for (const SkippedKey& key : keys.first(std::min(keys.size(), most_keys_named))) {
        text.append(text.empty() ? "" : "; ").append(name_of(key)).append(": ");
        text.append(oauth::describe(key.reason).text);
    }
    if (keys.size() > most_keys_named) text += "; and " + std::to_string(keys.size() - most_keys_named) + " more";
    return text;
}

}  // namespace

std::expected<JwkSet, KeySetError> read_key_document(std::string_view document, KeyFormat format) noexcept {
    auto keys = format == KeyFormat::jwks ? JwkSet::parse_jwks(document) : JwkSet::parse_keyval(document);
    const bool has_none = !keys && keys.error().reason == oauth::Error::key_set_unusable && keys.error().skipped.empty();
    return has_none ? JwkSet() : std::move(keys);
}

std::string text_of(const KeySetError& error) {
    std::string text(oauth::describe(error.reason).text);
    if (error.skipped.size() == 1) return text + " (" + std::string(oauth::describe(error.skipped[0].reason).text) + ")";
    return error.skipped.empty() ? text : text + " (" + list(error.skipped) + ")";
}

std::string left_out_of(const JwkSet& keys) {
    return list(keys.skipped());
}

}  // namespace authority
