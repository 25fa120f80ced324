#include "oauth/client_credentials.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "base/base64url.h"
#include "base/form.h"
#include "oauth/json/json_text.h"

namespace oauth {
namespace {

using enum ClientAuthentication;

constexpr std::array<std::string_view, 4> names = {"client_secret_basic", "client_secret_post", "private_key_jwt",
                                                   "tls_client_auth"};
constexpr std::string_view scheme = "Basic ";
constexpr std::chrono::seconds assertion_life{60};  // Keycloak takes none with more

std::string new_jti() {
    std::array<unsigned char, 16> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
        throw std::runtime_error("no random numbers can be had");
    return base::base64url::encode(base::bytes(random));
}

// RFC 7523 section 3. One audience, as a string: servers refuse assertions that somebody else could use, too.
std::string assertion_claims(std::string_view client_id, std::string_view audience, NumericDate now) {
    const std::string id = json::quoted(client_id);
    return R"({"iss":)" + id + R"(,"sub":)" + id + R"(,"aud":)" + json::quoted(audience) + R"(,"jti":")" + new_jti() +
           R"(","iat":)" + std::to_string(now) + R"(,"exp":)" + std::to_string(now + assertion_life.count()) + '}';
}

}  // namespace

std::optional<ClientAuthentication> parse_client_authentication(std::string_view name) noexcept {
    for (std::size_t i = 0; i < names.size(); i++)
        if (names[i] == name) return static_cast<ClientAuthentication>(i);
    return std::nullopt;
}

std::string_view name(ClientAuthentication method) noexcept {
    return names[static_cast<std::size_t>(method)];
}

ClientNeed need_of(ClientAuthentication method, ClientMaterial material) noexcept {
    const auto is = [material](ClientMaterial one) { return material == one; };
    switch (method) {
        case client_secret_basic:
        case client_secret_post:
            return is(ClientMaterial::secret) ? ClientNeed::must : ClientNeed::none;
        case private_key_jwt:
            if (is(ClientMaterial::key)) return ClientNeed::must;
            return is(ClientMaterial::secret) || is(ClientMaterial::certificates) ? ClientNeed::none : ClientNeed::may;
        case tls_client_auth:
            return is(ClientMaterial::key) || is(ClientMaterial::certificates) ? ClientNeed::must : ClientNeed::none;
    }
    return ClientNeed::none;
}

base::Secret basic_credentials(std::string_view client_id, std::string_view client_secret) {
    const auto secret = base::Secret::taken(base::form_encode(client_secret));
    const auto pair = base::Secret::joined({base::form_encode(client_id), ":", secret.reveal()});
    const std::string_view bytes = pair.reveal();

    std::string value(scheme.size() + (bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends with a NUL
    scheme.copy(value.data(), scheme.size());
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(value.data() + scheme.size()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    value.resize(scheme.size() + static_cast<std::size_t>(size));
    return base::Secret::taken(std::move(value));
}

ClientCredentials::ClientCredentials(ClientAuthentication method, std::string_view client_id, std::string_view proof)
    : method_(method),
      client_id_(client_id),
      identity_(base::must_sha256_of({oauth::name(method), client_id, proof})) {}

ClientCredentials ClientCredentials::basic(std::string_view client_id, std::string_view client_secret) {
    ClientCredentials credentials(client_secret_basic, client_id, client_secret);
    credentials.secret_ = base::Secret(client_secret);
    credentials.authorization_ = basic_credentials(client_id, client_secret);
    return credentials;
}

ClientCredentials ClientCredentials::post(std::string_view client_id, std::string_view client_secret) {
    ClientCredentials credentials(client_secret_post, client_id, client_secret);
    credentials.secret_ = base::Secret(client_secret);
    return credentials;
}

ClientCredentials ClientCredentials::assertion(std::string_view client_id, std::shared_ptr<const jwt::SigningKey> key,
                                               std::string_view audience) {
    ClientCredentials credentials(private_key_jwt, client_id, key->public_jwk() + std::string(audience));
    credentials.key_ = std::move(key);
    credentials.audience_ = audience;
    return credentials;
}

ClientCredentials ClientCredentials::certificate(std::string_view client_id) {
    return {tls_client_auth, client_id, {}};
}

std::array<std::string_view, 2> ClientCredentials::secrets() const noexcept {
    const std::string_view header = authorization_.reveal();
    return {secret_.reveal(), header.substr(std::min(scheme.size(), header.size()))};
}

base::Secret ClientCredentials::form_members(NumericDate now) const {
    std::string id = "&client_id=" + base::form_encode(client_id_);
    switch (method_) {
        case client_secret_basic:
            return {};  // RFC 6749 section 2.3: no more than one method in a request
        case client_secret_post: {
            const auto secret = base::Secret::taken(base::form_encode(secret_.reveal()));
            return base::Secret::joined({id, "&client_secret=", secret.reveal()});
        }
        case private_key_jwt: {
            // A key may have been registered under any kid, or none; servers look for one that is named.
            const std::string_view kid = key_->has_own_kid() ? key_->kid() : std::string_view();
            const auto assertion = key_->sign(assertion_claims(client_id_, audience_, now), "JWT", kid);
            if (!assertion) throw std::runtime_error("the client assertion could not be signed");
            return base::Secret::joined({id, "&client_assertion_type=",
                                         base::form_encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                                         "&client_assertion=", *assertion});
        }
        case tls_client_auth:
            return base::Secret::taken(std::move(id));
    }
    return {};
}

}  // namespace oauth
