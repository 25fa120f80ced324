#include "authority/client_proof.h"

#include <utility>

#include "ngx/file.h"
#include "oauth/error.h"

namespace authority {
namespace {

using ngx::ConfigError;
using ngx::in_quotes;
using enum oauth::ClientAuthentication;
using oauth::ClientAuthentication;
using oauth::ClientNeed;
using oauth::jwt::SigningKey;

constexpr std::size_t max_certificates_bytes = std::size_t{64} * 1024;

bool has(const ClientSetting& setting, ClientMaterial material) noexcept {
    switch (material) {
        case ClientMaterial::secret:
            return setting.secret != nullptr;
        case ClientMaterial::key:
            return setting.key != nullptr;
        case ClientMaterial::certificates:
            return setting.certificates != nullptr;
        case ClientMaterial::audience:
            return setting.audience.has_value();
        case ClientMaterial::key_id:
            return setting.key_id.has_value();
        case ClientMaterial::algorithm:
            return setting.algorithm.has_value();
    }
    return false;
}

// Who sends our requests may have a certificate of its own.
ClientNeed need_of(ClientAuthentication method, ClientMaterial material, const ClientWords& words) noexcept {
    const bool is_elsewhere = method == tls_client_auth && !words.has_certificates;
    return is_elsewhere ? ClientNeed::none : oauth::need_of(method, material);
}

// The text of a directive or a parameter, in quotes.
std::string named(std::string_view name, std::string_view value) {
    std::string text(name);
    text += value;
    return in_quotes(text);
}

// What the operator has not said, or said in vain.
void check_material(const ClientSetting& setting, const ClientWords& words, ClientMaterial material) {
    const auto method = setting.method.value_or(client_secret_basic);
    const ClientNeed need = need_of(method, material, words);
    const std::string what = named(words.materials[static_cast<std::size_t>(material)], "...");
    const std::string way = named(words.method, oauth::name(method));
    if (need == ClientNeed::must && !has(setting, material)) {
        if (setting.method) throw ConfigError(way + " needs " + what);
        if (setting.key == nullptr) throw ConfigError("it needs " + what);
    }
    if (need != ClientNeed::none || !has(setting, material)) return;
    if (setting.method) throw ConfigError(what + " has no effect with " + way + "; leave it out");
    const std::string_view others = words.has_certificates ? R"( or "tls_client_auth")" : "";
    throw ConfigError(what + " has no effect without " + named(words.method, "...") +
                      R"(, which says what it is for: "private_key_jwt")" + std::string(others));
}

std::string_view reason_of(oauth::Error error) noexcept {
    if (error == oauth::Error::key_pem_invalid)
        return "it is no private key in PEM form and no JWK, or it is encrypted";
    if (error == oauth::Error::key_member_invalid)
        return "a member of the JWK is missing, wrong, or belongs to another key; a private key is needed";
    return oauth::describe(error).text;
}

std::shared_ptr<const SigningKey> signing_key(const ClientSetting& setting) {
    const std::string_view text = setting.key->content.reveal();
    auto key = SigningKey::from_text(text, setting.algorithm);
    if (!key)
        throw ConfigError("the key in " + in_quotes(setting.key->name) +
                          " cannot be used: " + std::string(reason_of(key.error())));
    if (setting.key_id) key->set_kid(*setting.key_id);
    return std::make_shared<const SigningKey>(*std::move(key));
}

ngx::ClientCertificate::Shared client_certificate(const ClientSetting& setting) {
    auto certificate =
        ngx::ClientCertificate::load(setting.certificates->content.reveal(), setting.key->content.reveal());
    if (!certificate)
        throw ConfigError("the certificate in " + in_quotes(setting.certificates->name) + " and the key in " +
                          in_quotes(setting.key->name) + " cannot be used: " + certificate.error());
    return *std::move(certificate);
}

}  // namespace

ClientFile::Shared ClientFile::read_key(const ngx::Arguments& arguments, std::string_view name) {
    return std::make_shared<const ClientFile>(arguments.file_name(name), ngx::read_private_file(arguments, name));
}

ClientFile::Shared ClientFile::read_certificates(const ngx::Arguments& arguments, std::string_view name) {
    std::string path = arguments.file_name(name);
    auto file = ngx::read_file(path, max_certificates_bytes);
    if (!file) throw ConfigError("cannot read " + in_quotes(path) + ": " + file.error());
    return std::make_shared<const ClientFile>(std::move(path), base::Secret::taken(std::move(file->content)));
}

ClientProof::ClientProof(ClientSetting setting, const ClientWords& words) : setting_(std::move(setting)) {
    for (std::size_t i = 0; i < words.materials.size(); i++)
        check_material(setting_, words, static_cast<ClientMaterial>(i));
    if (setting_.method == private_key_jwt) key_ = signing_key(setting_);
    if (setting_.certificates != nullptr) certificate_ = client_certificate(setting_);
    if (certificate_ != nullptr && certificate_->is_expired())
        warning_ = "the certificate in " + in_quotes(setting_.certificates->name) + " has expired";
    setting_.key = setting_.certificates = nullptr;  // else their text would stay as long as the configuration
}

oauth::ClientCredentials ClientProof::credentials(std::string_view audience) const {
    using oauth::ClientCredentials;
    switch (setting_.method.value_or(client_secret_basic)) {
        case client_secret_post:
            return ClientCredentials::post(setting_.client_id, setting_.secret->reveal());
        case private_key_jwt:
            return ClientCredentials::assertion(setting_.client_id, key_,
                                                setting_.audience.value_or(std::string(audience)));
        case tls_client_auth:
            return ClientCredentials::certificate(setting_.client_id);
        case client_secret_basic:
            break;
    }
    return ClientCredentials::basic(setting_.client_id, setting_.secret->reveal());
}

oauth::ClientAuthentication read_client_authentication(std::string_view name) {
    if (const auto method = oauth::parse_client_authentication(name)) return *method;
    throw ConfigError("invalid client authentication " + in_quotes(name) +
                      R"(, it must be "client_secret_basic", "client_secret_post", "private_key_jwt" or )"
                      R"("tls_client_auth")");
}

oauth::jwt::Algorithm read_signing_algorithm(std::string_view name) {
    const auto algorithm = oauth::jwt::parse_algorithm(name);
    if (algorithm && family(*algorithm) != oauth::jwt::Family::hmac) return *algorithm;
    throw ConfigError("invalid algorithm " + in_quotes(name) +
                      R"(, it must be one of a private key, like "RS256", "PS256", "ES256" or "EdDSA")");
}

}  // namespace authority
