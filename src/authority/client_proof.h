// How we authenticate to an authorization server, as directives say it: what goes together, and what comes of it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "ngx/client_certificate.h"
#include "ngx/config.h"
#include "oauth/client_credentials.h"
#include "oauth/jwt/algorithm.h"
#include "oauth/jwt/signing_key.h"

namespace authority {

// A file that was read while nginx read its configuration: for a new one it must be reloaded.
struct ClientFile {
    std::string name;
    base::Secret content;

    using Shared = std::shared_ptr<const ClientFile>;
    // Throw ngx::ConfigError. The first warns when everybody can read the file.
    static Shared read_key(const ngx::Arguments& arguments, std::string_view name);
    static Shared read_certificates(const ngx::Arguments& arguments, std::string_view name);
};

struct ClientSetting {
    std::string client_id{};
    std::optional<oauth::ClientAuthentication> method{};  // nullopt: client_secret_basic
    std::shared_ptr<const base::Secret> secret{};
    ClientFile::Shared key{};           // PEM, or a JWK
    ClientFile::Shared certificates{};  // PEM, ours first
    std::optional<std::string> audience{};
    std::optional<std::string> key_id{};
    std::optional<oauth::jwt::Algorithm> algorithm{};
};

using ClientMaterial = oauth::ClientMaterial;

// The names by which an operator says it all.
struct ClientWords {
    std::string_view method;                    // in front of the name of one: "client_authentication="
    std::array<std::string_view, 6> materials;  // of ClientMaterial
    bool has_certificates = true;               // false: whoever sends our requests has a certificate of its own
};

class ClientProof {
public:
    // Throws ngx::ConfigError for material that is missing, or of no use, or does not fit together.
    ClientProof(ClientSetting setting, const ClientWords& words);

    // An assertion names the authorization server, and nobody has said how.
    bool lacks_audience() const noexcept { return key_ != nullptr && !setting_.audience; }
    // `audience`: instead of one that is lacking.
    oauth::ClientCredentials credentials(std::string_view audience) const;
    const ngx::ClientCertificate::Shared& certificate() const noexcept { return certificate_; }  // null: none is shown

    // Whether it has an expired certificate, which some servers accept all the same.
    const std::optional<std::string>& warning() const noexcept { return warning_; }

private:
    ClientSetting setting_;
    std::shared_ptr<const oauth::jwt::SigningKey> key_;  // of an assertion
    ngx::ClientCertificate::Shared certificate_;
    std::optional<std::string> warning_;
};

// Throw ngx::ConfigError.
oauth::ClientAuthentication read_client_authentication(std::string_view name);
oauth::jwt::Algorithm read_signing_algorithm(std::string_view name);

}  // namespace authority
