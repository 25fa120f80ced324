#include "oauth/jwt/jwk_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/base64url.h"

namespace oauth::jwt {
namespace {

constexpr std::array<std::string_view, 7> private_members{"d", "p", "q", "dp", "dq", "qi", "oth"};

std::optional<std::string_view> string_member(json::Value object, std::string_view name) {
    const auto value = object.member(name);
    return value ? value->string() : std::nullopt;
}

// A member that may be absent (or null, as some servers write it) but, when present, must be a string.
std::expected<std::optional<std::string_view>, Error> optional_string(json::Value object, std::string_view name) {
    const auto value = object.present(name);
    if (!value) return std::nullopt;
    const auto text = value->string();
    if (!text) return std::unexpected(Error::key_member_invalid);
    return text;
}

// A member that holds bytes. Empty when it is missing or malformed: no key has a number or a secret of no bytes.
std::string bytes_member(json::Value jwk, std::string_view name) {
    const auto encoded = string_member(jwk, name);
    return encoded ? base::base64url::decode(*encoded).value_or("") : "";
}

// RFC 7517 section 4.2 and 4.3: a key that says what it is for is used for nothing else.
std::expected<void, Error> check_purpose(json::Value jwk) {
    const auto use = optional_string(jwk, "use");
    if (!use) return std::unexpected(use.error());
    if (use->value_or("sig") != "sig") return std::unexpected(Error::key_use_not_signature);

    const auto operations = jwk.present("key_ops");
    if (operations && !operations->string_array_contains("verify"))
        return std::unexpected(Error::key_operations_without_verify);
    return {};
}

std::expected<PublicKey, Error> read_rsa(json::Value jwk) {
    const std::string n = bytes_member(jwk, "n");
    const std::string e = bytes_member(jwk, "e");
    if (n.empty() || e.empty()) return std::unexpected(Error::key_member_invalid);
    return rsa_public_key(n, e);
}

std::expected<PublicKey, Error> read_ec(json::Value jwk) {
    const auto curve = string_member(jwk, "crv");
    if (!curve) return std::unexpected(Error::key_member_invalid);
    return ec_public_key(*curve, bytes_member(jwk, "x"), bytes_member(jwk, "y"));
}

std::expected<PublicKey, Error> read_okp(json::Value jwk) {
    const auto curve = string_member(jwk, "crv");
    if (!curve) return std::unexpected(Error::key_member_invalid);
    return okp_public_key(*curve, bytes_member(jwk, "x"));
}

std::expected<PublicKey, Error> read_public_key(json::Value jwk, std::string_view type) {
    if (type == "RSA") return read_rsa(jwk);
    if (type == "EC") return read_ec(jwk);
    if (type == "OKP") return read_okp(jwk);
    return std::unexpected(Error::key_type_unsupported);
}

// RFC 7518 section 3.2 asks for a secret of at least the hash's size. Judged by the smallest hash the key may be used
// with.
bool is_shorter_than_hash(const Jwk& key, std::size_t secret_size) {
    for (Algorithm algorithm : {Algorithm::HS256, Algorithm::HS384, Algorithm::HS512})
        if (key.fits(algorithm)) return secret_size < hash_size(algorithm);
    return false;
}

}  // namespace

std::expected<Jwk, Error> JwkReader::make_public(std::expected<PublicKey, Error> public_key) {
    if (!public_key) return std::unexpected(public_key.error());
    Jwk key;
    key.pkey_ = std::move(public_key->pkey);
    key.algorithms_ = public_key->algorithms;
    key.coordinate_size_ = public_key->coordinate_size;
    return key;
}

std::expected<Jwk, Error> JwkReader::read_secret(json::Value jwk) {
    Jwk key;
    key.secret_ = base::Secret(bytes_member(jwk, "k"));
    if (key.secret_.empty()) return std::unexpected(Error::key_member_invalid);
    key.algorithms_ = {Algorithm::HS256, Algorithm::HS384, Algorithm::HS512};
    return key;
}

// RFC 8725 section 3.1: a key with "alg" is used with that algorithm only.
std::expected<void, Error> JwkReader::narrow_to_alg(json::Value jwk, Jwk& key) {
    const auto alg = optional_string(jwk, "alg");
    if (!alg) return std::unexpected(alg.error());
    if (alg->value_or("").empty()) return {};  // some servers write "" for none
    const auto algorithm = parse_algorithm(**alg);
    if (!algorithm) return std::unexpected(Error::key_algorithm_unsupported);
    if (!key.fits(*algorithm)) return std::unexpected(Error::key_algorithm_mismatch);
    key.algorithms_ = {*algorithm};
    return {};
}

std::expected<Jwk, Error> JwkReader::read_jwk(json::Value jwk) {
    const auto kid = optional_string(jwk, "kid");
    if (!kid) return std::unexpected(kid.error());
    const auto type = string_member(jwk, "kty");
    if (!type) return std::unexpected(Error::key_member_invalid);
    if (const auto purpose = check_purpose(jwk); !purpose) return std::unexpected(purpose.error());

    std::expected<Jwk, Error> key = *type == "oct" ? read_secret(jwk) : make_public(read_public_key(jwk, *type));
    if (!key) return key;
    if (const auto narrowed = narrow_to_alg(jwk, *key); !narrowed) return std::unexpected(narrowed.error());
    key->kid_ = *kid;
    return key;
}

void JwkReader::add_jwk(json::Value jwk) {
    if (jwk.kind() != json::Kind::object) return add("", std::unexpected(Error::key_not_object));
    const std::string kid(string_member(jwk, "kid").value_or(""));
    std::expected<Jwk, Error> key = read_jwk(jwk);
    if (key && key->is_symmetric()) {
        warn(kid, KeyWarning::symmetric_beside_public_keys);
        if (is_shorter_than_hash(*key, key->secret_.reveal().size())) warn(kid, KeyWarning::secret_shorter_than_hash);
    } else if (key && std::ranges::any_of(private_members, [&](auto name) { return jwk.present(name).has_value(); })) {
        warn(kid, KeyWarning::private_key_present);
    }
    add(kid, std::move(key), string_member(jwk, "kty") != "oct");
}

void JwkReader::add_pem(std::string_view kid, json::Value pem) {
    const auto text = pem.string();
    if (!text) return add(std::string(kid), std::unexpected(Error::key_member_invalid));
    std::expected<Jwk, Error> key = make_public(pem_public_key(*text));
    if (key) key->kid_ = kid;
    add(std::string(kid), std::move(key));
}

void JwkReader::skip(std::string kid, Error reason) {
    add(std::move(kid), std::unexpected(reason));
}

void JwkReader::add(std::string kid, std::expected<Jwk, Error> key, bool may_be_public) {
    set_.lists_public_keys_ = set_.lists_public_keys_ || may_be_public;
    if (key) {
        key->prepare();
        set_.keys_.push_back(*std::move(key));
    } else {
        set_.skipped_.push_back({index_, std::move(kid), key.error()});
    }
    ++index_;
}

void JwkReader::warn(std::string_view kid, KeyWarning warning) {
    set_.warnings_.push_back({index_, std::string(kid), warning});
}

std::expected<JwkSet, KeySetError> JwkReader::finish(const base::Sha256& identity) && {
    if (set_.keys_.empty()) return std::unexpected(KeySetError{Error::key_set_unusable, std::move(set_.skipped_)});
    if (!set_.lists_public_keys_)
        std::erase_if(set_.warnings_,
                      [](const KeySetWarning& w) { return w.warning == KeyWarning::symmetric_beside_public_keys; });
    set_.identity_ = identity;
    return std::move(set_);
}

}  // namespace oauth::jwt
