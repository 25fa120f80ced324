#include "oauth/jwt/jwk_set.h"

#include <algorithm>
#include <new>

#include "oauth/json/json.h"
#include "oauth/json/json_parts.h"
#include "oauth/json/json_text.h"
#include "oauth/jwt/jwk_reader.h"

namespace oauth::jwt {
namespace {

using Result = std::expected<JwkSet, KeySetError>;

std::unexpected<KeySetError> failure(Error reason) noexcept {
    return std::unexpected(KeySetError{reason, {}});
}

using Read = std::expected<void, Error>;  // into a JwkReader

// "keys" and nothing else is looked at: other members are for others (RFC 7517 section 5).
Read read_jwks(json::Value root, JwkReader& reader) {
    const auto keys = root.member("keys");
    if (!keys || keys->kind() != json::Kind::array) return std::unexpected(Error::key_set_without_keys);
    if (keys->size() > JwkSet::max_keys) return std::unexpected(Error::document_too_large);
    keys->each_element([&](json::Value jwk) {
        reader.add_jwk(jwk);
        return true;
    });
    return {};
}

Read read_keyval(json::Value root, JwkReader& reader) {
    if (root.size() > JwkSet::max_keys) return std::unexpected(Error::document_too_large);
    root.each_member([&](std::string_view kid, json::Value pem) {
        reader.add_pem(kid, pem);
        return true;
    });
    return {};
}

std::expected<json::Document, Error> parse_part(std::string_view text) {
    return json::Document::parse(text, {.max_bytes = text.size()});
}

Read read_keys_one_by_one(std::string_view array, JwkReader& reader) {
    const auto keys = json::elements_of(array);
    if (!keys)
        return std::unexpected(keys.error() == Error::document_not_json ? Error::key_set_without_keys : keys.error());
    if (keys->size() > JwkSet::max_keys) return std::unexpected(Error::document_too_large);
    for (const std::string_view jwk : *keys) {
        const auto parsed = parse_part(jwk);
        if (parsed) {
            reader.add_jwk(parsed->root());
        } else if (json::is_of_one_part(parsed.error())) {
            reader.skip(json::string_for_message(jwk, "kid"), parsed.error());
        } else {
            return std::unexpected(parsed.error());
        }
    }
    return {};
}

// The same as read_jwks, for a document that the strict parser has refused.
Read read_jwks_parts(std::span<const json::MemberText> members, JwkReader& reader) {
    const json::MemberText* keys = nullptr;
    for (const json::MemberText& member : members) {
        const auto parsed = parse_part(member.value);
        if (!parsed && !json::is_of_one_part(parsed.error())) return std::unexpected(parsed.error());
        if (member.name == "keys") keys = &member;
    }
    if (keys == nullptr) return std::unexpected(Error::key_set_without_keys);
    return read_keys_one_by_one(keys->value, reader);
}

Read read_keyval_parts(std::span<const json::MemberText> members, JwkReader& reader) {
    if (members.size() > JwkSet::max_keys) return std::unexpected(Error::document_too_large);
    for (const json::MemberText& member : members) {
        const auto pem = parse_part(member.value);
        if (pem) {
            reader.add_pem(member.name, pem->root());
        } else if (json::is_of_one_part(pem.error())) {
            reader.skip(member.name, pem.error());
        } else {
            return std::unexpected(pem.error());
        }
    }
    return {};
}

struct Format {
    std::string_view name;
    Read (*read)(json::Value root, JwkReader& reader);
    Read (*read_parts)(std::span<const json::MemberText> members, JwkReader& reader);
};
constexpr Format jwks{"jwks", read_jwks, read_jwks_parts};
constexpr Format keyval{"keyval", read_keyval, read_keyval_parts};

Read read(const Format& format, std::string_view document, JwkReader& reader) {
    const auto parsed = json::Document::parse(document, {.max_bytes = JwkSet::max_document_bytes});
    if (parsed && parsed->root().kind() != json::Kind::object) return std::unexpected(Error::key_set_not_object);
    if (parsed) return format.read(parsed->root(), reader);
    if (!json::is_of_one_part(parsed.error())) return std::unexpected(parsed.error());
    const auto members = json::members_of(document);
    if (!members) return std::unexpected(members.error());
    return format.read_parts(*members, reader);
}

Result parse(const Format& format, std::string_view document) noexcept try {
    const base::openssl::ErrorQueueGuard clean_queue;
    const auto identity = base::sha256_of({format.name, document});
    if (!identity) return failure(Error::out_of_memory);
    JwkReader reader;
    if (const auto done = read(format, document, reader); !done) return failure(done.error());
    return std::move(reader).finish(*identity);
} catch (const std::bad_alloc&) {
    return failure(Error::out_of_memory);
} catch (...) {
    return failure(Error::internal);
}

std::string name_of_key(std::size_t index, const std::string& kid) {
    return "key " + std::to_string(index + 1) + (kid.empty() ? "" : " (kid " + json::excerpt(kid) + ')');
}

std::string_view text_of(KeyWarning warning) noexcept {
    switch (warning) {
        case KeyWarning::private_key_present:
            return "holds a private key, which does not belong in a file that only verifies";
        case KeyWarning::secret_shorter_than_hash:
            return "has a secret shorter than its hash, which RFC 7518 section 3.2 forbids";
        case KeyWarning::symmetric_beside_public_keys:
            return "is a symmetric key in a set with public keys, so it is not used";
    }
    return "";
}

}  // namespace

std::string text(const SkippedKey& key) {
    return name_of_key(key.index, key.kid) + " is left out: " + std::string(describe(key.reason).text);
}

std::string text(const KeySetWarning& warning) {
    return name_of_key(warning.index, warning.kid) + ": " + std::string(text_of(warning.warning));
}

std::string text(const KeySetError& error) {
    const auto& skipped = error.skipped;
    std::string text(describe(error.reason).text);
    if (skipped.empty()) return error.reason == Error::key_set_unusable ? "there is no key in it" : text;
    if (skipped.size() == 1) return text + " (" + std::string(describe(skipped.front().reason).text) + ')';
    constexpr std::size_t most_named = 8;
    for (const SkippedKey& key : std::span(skipped).first(std::min(skipped.size(), most_named)))
        text += "; " + jwt::text(key);
    if (skipped.size() > most_named) text += "; and " + std::to_string(skipped.size() - most_named) + " more";
    return text;
}

std::vector<std::string> JwkSet::remarks() const {
    std::vector<std::string> lines;
    const std::size_t all = skipped_.size() + warnings_.size();
    lines.reserve(std::min(all, max_remarks) + 1);
    for (std::size_t i = 0; i < std::min(all, max_remarks); ++i)
        lines.push_back(i < skipped_.size() ? text(skipped_[i]) : text(warnings_[i - skipped_.size()]));
    if (all > max_remarks) lines.push_back("there are " + std::to_string(all - max_remarks) + " remarks more");
    return lines;
}

Result JwkSet::parse_jwks(std::string_view document) noexcept {
    return parse(jwks, document);
}

Result JwkSet::parse_keyval(std::string_view document) noexcept {
    return parse(keyval, document);
}

}  // namespace oauth::jwt
