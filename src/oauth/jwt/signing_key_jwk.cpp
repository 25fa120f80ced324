// Private JWKs (RFC 7518 section 6, RFC 8037 section 2).
#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "base/base64url.h"
#include "base/secret.h"
#include "oauth/json/json.h"
#include "oauth/jwt/signing_key.h"

namespace oauth::jwt {
namespace {

using base::openssl::Params;
using base::openssl::ParamsBuilder;
using base::openssl::Pkey;
using base::openssl::PkeyContext;
using Number = std::unique_ptr<BIGNUM, base::openssl::Deleter<BN_clear_free>>;
using MadeKey = std::expected<Pkey, Error>;

const unsigned char* bytes(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string_view string_member(const json::Value& jwk, std::string_view name) noexcept {
    const auto member = jwk.present(name);
    return member ? member->string().value_or("") : std::string_view();
}

// Empty when it is missing or malformed.
base::Secret bytes_member(const json::Value& jwk, std::string_view name) {
    return base::Secret::taken(base::base64url::decode(string_member(jwk, name)).value_or(""));
}

// "Secure": OpenSSL wipes what it copies of it, too.
Number number_from(const base::Secret& big_endian) {
    Number number(BN_secure_new());
    const std::string_view text = big_endian.reveal();
    if (number == nullptr || BN_bin2bn(bytes(text), static_cast<int>(text.size()), number.get()) == nullptr)
        throw std::bad_alloc();
    return number;
}

MadeKey key_from(const char* type, ParamsBuilder& builder) {
    const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
    const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* made = nullptr;
    if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_KEYPAIR, params.get()) != 1)
        return std::unexpected(Error::key_member_invalid);
    return Pkey(made);
}

MadeKey read_rsa(const json::Value& jwk) {
    struct Member {
        std::string_view jwk;
        const char* openssl;
    };
    static constexpr std::array<Member, 8> members = {{{"n", OSSL_PKEY_PARAM_RSA_N},
                                                       {"e", OSSL_PKEY_PARAM_RSA_E},
                                                       {"d", OSSL_PKEY_PARAM_RSA_D},
                                                       {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
                                                       {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},
                                                       {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
                                                       {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2},
                                                       {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1}}};
    std::array<Number, members.size()> numbers;  // the builder only points to them
    ParamsBuilder builder(OSSL_PARAM_BLD_new());
    if (builder == nullptr) return std::unexpected(Error::internal);
    for (std::size_t i = 0; i < members.size(); i++) {
        const auto value = bytes_member(jwk, members[i].jwk);
        if (value.empty()) return std::unexpected(Error::key_member_invalid);
        numbers[i] = number_from(value);
        if (OSSL_PARAM_BLD_push_BN(builder.get(), members[i].openssl, numbers[i].get()) != 1)
            return std::unexpected(Error::internal);
    }
    return key_from("RSA", builder);
}

// The public point as OpenSSL takes it (SEC 1 section 2.3.3, uncompressed).
std::string point_of(const json::Value& jwk) {
    return '\x04' + base::base64url::decode(string_member(jwk, "x")).value_or("") +
           base::base64url::decode(string_member(jwk, "y")).value_or("");
}

MadeKey read_ec(const json::Value& jwk) {
    const std::string curve(string_member(jwk, "crv"));
    if (curve != "P-256" && curve != "P-384" && curve != "P-521") return std::unexpected(Error::key_curve_unsupported);
    const auto d = bytes_member(jwk, "d");
    if (d.empty()) return std::unexpected(Error::key_member_invalid);
    const Number number = number_from(d);
    const std::string point = point_of(jwk);
    ParamsBuilder builder(OSSL_PARAM_BLD_new());
    if (builder == nullptr ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.data(), 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) != 1)
        return std::unexpected(Error::internal);
    return key_from("EC", builder);
}

MadeKey read_okp(const json::Value& jwk) {
    const std::string_view curve = string_member(jwk, "crv");
    if (curve != "Ed25519" && curve != "Ed448") return std::unexpected(Error::key_curve_unsupported);
    const auto d = bytes_member(jwk, "d");
    Pkey pkey(EVP_PKEY_new_raw_private_key_ex(nullptr, curve == "Ed25519" ? "ED25519" : "ED448", nullptr,
                                              bytes(d.reveal()), d.reveal().size()));
    if (pkey == nullptr) return std::unexpected(Error::key_member_invalid);
    return pkey;
}

MadeKey read_private_key(const json::Value& jwk) {
    const std::string_view type = string_member(jwk, "kty");
    if (type == "RSA") return read_rsa(jwk);
    if (type == "EC") return read_ec(jwk);
    if (type == "OKP") return read_okp(jwk);
    return std::unexpected(Error::key_type_unsupported);
}

// RFC 7517 section 4.2 and 4.3.
bool is_for_signing(const json::Value& jwk) {
    const auto use = jwk.present("use");
    const auto operations = jwk.present("key_ops");
    return (!use || use->string() == "sig") && (!operations || operations->string_array_contains("sign"));
}

// Which algorithm the operator wants, and which the key is for.
std::expected<std::optional<Algorithm>, Error> algorithm_of(const json::Value& jwk, std::optional<Algorithm> wanted) {
    const auto member = jwk.present("alg");
    if (!member) return wanted;
    const auto named = parse_algorithm(member->string().value_or(""));
    if (!named) return std::unexpected(Error::key_algorithm_unsupported);
    if (wanted && *wanted != *named) return std::unexpected(Error::key_algorithm_mismatch);
    return named;
}

// What it says of its public half must be true: the server has that one.
bool matches(const json::Value& jwk, const std::string& public_jwk) {
    const auto derived = json::Document::parse(public_jwk);
    if (!derived) return false;
    bool same = true;
    for (const std::string_view name : {"n", "e", "x", "y"}) {
        const auto said = jwk.present(name);
        const auto true_one = derived->root().member(name);
        same = same && (!said || (true_one && said->string() == true_one->string()));
    }
    return same;
}

// A private half that belongs to another public one makes signatures that nobody can verify.
bool is_consistent(EVP_PKEY* pkey) noexcept {
    if (EVP_PKEY_is_a(pkey, "RSA") != 1 && EVP_PKEY_is_a(pkey, "EC") != 1) return true;  // derived, see matches()
    const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey, nullptr));
    return context != nullptr && EVP_PKEY_pairwise_check(context.get()) == 1;
}

}  // namespace

std::expected<SigningKey, Error> SigningKey::from_jwk(std::string_view text, std::optional<Algorithm> algorithm) {
    const base::openssl::ErrorQueueGuard guard;
    const auto document = json::Document::parse(text, {.wipe = true});
    if (!document) return std::unexpected(document.error());
    const json::Value jwk = document->root();
    if (jwk.kind() != json::Kind::object) return std::unexpected(Error::key_not_object);
    if (!is_for_signing(jwk)) return std::unexpected(Error::key_use_not_signature);
    const auto chosen = algorithm_of(jwk, algorithm);
    if (!chosen) return std::unexpected(chosen.error());
    auto pkey = read_private_key(jwk);
    if (!pkey) return std::unexpected(pkey.error());
    if (!is_consistent(pkey->get())) return std::unexpected(Error::key_member_invalid);
    auto key = make_fitting(*std::move(pkey), *chosen);
    if (!key) return key;
    if (!matches(jwk, key->public_jwk())) return std::unexpected(Error::key_member_invalid);
    if (const std::string_view kid = string_member(jwk, "kid"); !kid.empty()) key->set_kid(std::string(kid));
    return key;
}

std::expected<SigningKey, Error> SigningKey::from_text(std::string_view text, std::optional<Algorithm> algorithm) {
    const std::size_t beginning = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    return text.substr(beginning).starts_with('{') ? from_jwk(text, algorithm) : from_pem(text, algorithm);
}

}  // namespace oauth::jwt
