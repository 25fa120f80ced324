#include "oauth/jwt/jwk_set.h"

#include <new>

#include "oauth/json/json.h"
#include "oauth/jwt/jwk_reader.h"

namespace oauth::jwt {
namespace {

using Result = std::expected<JwkSet, KeySetError>;

std::unexpected<KeySetError> failure(Error reason) noexcept {
    return std::unexpected(KeySetError{reason, {}});
}

// "keys" and nothing else is looked at: other members are for others (RFC 7517 section 5).
Result read_jwks(json::Value root, const base::Sha256& identity) {
    const auto keys = root.member("keys");
    if (!keys || keys->kind() != json::Kind::array) return failure(Error::key_set_without_keys);
    if (keys->size() > JwkSet::max_keys) return failure(Error::document_too_large);
    JwkReader reader;
    keys->each_element([&](json::Value jwk) {
        reader.add_jwk(jwk);
        return true;
    });
    return std::move(reader).finish(identity);
}

Result read_keyval(json::Value root, const base::Sha256& identity) {
    if (root.size() > JwkSet::max_keys) return failure(Error::document_too_large);
    JwkReader reader;
    root.each_member([&](std::string_view kid, json::Value pem) {
        reader.add_pem(kid, pem);
        return true;
    });
    return std::move(reader).finish(identity);
}

template <class Read>
Result parse(std::string_view format, std::string_view document, Read read) noexcept try {
    const base::openssl::ErrorQueueGuard clean_queue;
    const auto parsed = json::Document::parse(document, {.max_bytes = JwkSet::max_document_bytes});
    if (!parsed) return failure(parsed.error());
    if (parsed->root().kind() != json::Kind::object) return failure(Error::key_set_not_object);
    const auto identity = base::sha256_of({format, document});
    if (!identity) return failure(Error::out_of_memory);
    return read(parsed->root(), *identity);
} catch (const std::bad_alloc&) {
    return failure(Error::out_of_memory);
} catch (...) {
    return failure(Error::internal);
}

}  // namespace

std::string_view text(KeyWarning warning) noexcept {
    switch (warning) {
        case KeyWarning::private_key_present:
            return "holds a private key, which does not belong in a file that only verifies";
        case KeyWarning::secret_shorter_than_hash:
            return "has a secret shorter than its hash, which RFC 7518 section 3.2 forbids";
        case KeyWarning::symmetric_beside_public_keys:
            return "is symmetric and stands beside public keys, so it is not used";
    }
    return "";
}

Result JwkSet::parse_jwks(std::string_view document) noexcept {
    return parse("jwks", document, read_jwks);
}

Result JwkSet::parse_keyval(std::string_view document) noexcept {
    return parse("keyval", document, read_keyval);
}

}  // namespace oauth::jwt
