// How we prove to the authorization server who we are (RFC 6749 section 2.3, RFC 7523 section 2.2, RFC 8705 section 2).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/sha256.h"
#include "oauth/jwt/signing_key.h"
#include "oauth/numeric_date.h"

namespace oauth {

// By their names in RFC 8414 section 2, introspection_endpoint_auth_methods_supported.
enum class ClientAuthentication : std::uint8_t {
    client_secret_basic,
    client_secret_post,
    private_key_jwt,
    tls_client_auth,  // also what servers call self_signed_tls_client_auth: we do the same for both
};
std::optional<ClientAuthentication> parse_client_authentication(std::string_view name) noexcept;
std::string_view name(ClientAuthentication method) noexcept;

// What an operator gives beside the client's id.
enum class ClientMaterial : std::uint8_t {
    secret,
    key,
    certificates,
    audience,
    key_id,
    algorithm
};
enum class ClientNeed : std::uint8_t {
    none,  // it would have no effect
    may,
    must
};
ClientNeed need_of(ClientAuthentication method, ClientMaterial material) noexcept;

// The value of an Authorization header: id and secret are form-encoded first, so that a ":" in the id, or a "%" in
// either, arrives as it is. Allocates.
base::Secret basic_credentials(std::string_view client_id, std::string_view client_secret);

class ClientCredentials {
public:
    // All throw std::bad_alloc.
    static ClientCredentials basic(std::string_view client_id, std::string_view client_secret);
    static ClientCredentials post(std::string_view client_id, std::string_view client_secret);
    // `audience`: the issuer identifier of the authorization server, or what it takes instead.
    static ClientCredentials assertion(std::string_view client_id, std::shared_ptr<const jwt::SigningKey> key,
                                       std::string_view audience);
    // The certificate proves it, and whoever connects shows that.
    static ClientCredentials certificate(std::string_view client_id);

    ClientAuthentication method() const noexcept { return method_; }
    std::string_view client_id() const noexcept { return client_id_; }
    // Empty: none is sent.
    std::string_view authorization() const noexcept { return authorization_.reveal(); }
    // What is added to the form, "&client_id=...", or nothing. An assertion is good once, and for a minute. Throws
    // std::bad_alloc, std::runtime_error when OpenSSL fails.
    base::Secret form_members(NumericDate now) const;
    // A server refuses them when it gets them a second time (RFC 7523 section 3, jti).
    bool is_good_once() const noexcept { return method_ == ClientAuthentication::private_key_jwt; }

    // What no log may show: the secret, and what stands behind "Basic" in the header.
    std::array<std::string_view, 2> secrets() const noexcept;
    // Stands for who we say we are, and for how we prove it.
    const base::Sha256& identity() const noexcept { return identity_; }

private:
    ClientCredentials(ClientAuthentication method, std::string_view client_id, std::string_view proof);

    ClientAuthentication method_;
    std::string client_id_;
    base::Sha256 identity_;
    base::Secret secret_;
    base::Secret authorization_;
    std::shared_ptr<const jwt::SigningKey> key_;
    std::string audience_;
};

}  // namespace oauth
