// Keys that verify signatures: JWK sets (RFC 7517, RFC 7518 section 6, RFC 8037) and "keyval" files (kid -> PEM public
// key).
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/openssl.h"
#include "base/secret.h"
#include "base/sha256.h"
#include "oauth/error.h"
#include "oauth/jwt/algorithm.h"

namespace oauth::jwt {

// One verification key. Which algorithms it may verify is fixed when it is read: by its type, its curve and its "alg".
class Jwk {
public:
    const std::optional<std::string>& kid() const noexcept { return kid_; }
    bool is_symmetric() const noexcept { return pkey_ == nullptr; }
    bool fits(Algorithm algorithm) const noexcept { return algorithms_.contains(algorithm); }

    // Errors: signature_malformed, signature_invalid, algorithm_not_allowed (does not fit), internal.
    // Symmetric keys are compared in constant time.
    std::expected<void, Error> verify(Algorithm algorithm, std::string_view signing_input,
                                      std::span<const unsigned char> signature) const noexcept;

private:
    friend class JwkReader;
    std::size_t signature_size(Algorithm algorithm) const noexcept;
    void prepare() noexcept;
    std::expected<void, Error> verify_public(Algorithm algorithm, std::string_view signing_input,
                                             std::span<const unsigned char> signature) const noexcept;

    std::optional<std::string> kid_;
    AlgorithmSet algorithms_;
    base::openssl::Pkey pkey_;         // null for a symmetric key
    base::Secret secret_;              // oct
    std::size_t coordinate_size_ = 0;  // EC: bytes of r and of s in a JWS signature (RFC 7518 section 3.4)
    // Ready to verify by the first algorithm that fits; copied for each signature, which costs less than another start.
    base::openssl::DigestContext prepared_;
    Algorithm prepared_for_{};
};

// A key that was left out, and why. Not fatal while another key is usable.
struct SkippedKey {
    std::size_t index;  // position in "keys", or among the keyval members
    std::string kid;    // empty when it has none
    Error reason;
};

enum class KeyWarning : std::uint8_t {
    private_key_present,           // the file holds a private key: it works, but it does not belong there
    secret_shorter_than_hash,      // RFC 7518 section 3.2 asks for at least the hash size
    symmetric_beside_public_keys,  // symmetric keys will not verify unless the rules allow it
};

struct KeySetWarning {
    std::size_t index;
    std::string kid;
    KeyWarning warning;
};

struct KeySetError {
    Error reason;
    std::vector<SkippedKey> skipped;  // filled for key_set_unusable
};

// For messages, which they never fill: a kid is cut, and only the first keys are named. Like
//   key 2 (kid "b") is left out: an object has two members of one name
//   key 1: holds a private key, which does not belong in a file that only verifies
//   no key of the set can verify a signature (the key is not a JSON object)
//   there is no key in it
std::string text(const SkippedKey& key);
std::string text(const KeySetWarning& warning);
std::string text(const KeySetError& error);

// Immutable. Safe to share between requests of one worker.
class JwkSet {
public:
    // A document beyond one of these is refused as a whole: document_too_large.
    static constexpr std::size_t max_document_bytes = std::size_t{1024} * 1024;
    static constexpr std::size_t max_keys = 256;

    // `document` is the whole JSON text. A key that cannot be used or read, or that two readers could read differently
    // (a member that stands twice), is left out, and the others count; but a document that is no JSON object, or has a
    // member twice, is refused. Never throws (std::bad_alloc becomes out_of_memory).
    static std::expected<JwkSet, KeySetError> parse_jwks(std::string_view document) noexcept;
    static std::expected<JwkSet, KeySetError> parse_keyval(std::string_view document) noexcept;

    std::span<const Jwk> keys() const noexcept { return keys_; }
    std::span<const SkippedKey> skipped() const noexcept { return skipped_; }
    std::span<const KeySetWarning> warnings() const noexcept { return warnings_; }
    // What an operator should know of them, as above, a line each; the last one says how many more there would be.
    static constexpr std::size_t max_remarks = 16;
    std::vector<std::string> remarks() const;
    // Whether a key stands in the document that is not symmetric, or may not be: those that were left out count. Else
    // one odd public key would turn a secret beside it into a key that verifies (RFC 8725 section 3.2).
    bool lists_public_keys() const noexcept { return lists_public_keys_; }
    // SHA-256 of the document: equal documents give equal keys. For caches of what these keys verified.
    const base::Sha256& identity() const noexcept { return identity_; }

private:
    friend class JwkReader;
    std::vector<Jwk> keys_;
    std::vector<SkippedKey> skipped_;
    std::vector<KeySetWarning> warnings_;
    bool lists_public_keys_ = false;
    base::Sha256 identity_{};
};

}  // namespace oauth::jwt
