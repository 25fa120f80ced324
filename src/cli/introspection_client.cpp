#include "cli/introspection_client.h"

#include <utility>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/secret_file.h"
#include "oauth/introspection/request.h"
#include "oauth/introspection/response.h"

namespace cli {
namespace {

using oauth::ClientAuthentication;
using oauth::ClientCredentials;
using oauth::ClientMaterial;
using oauth::ClientNeed;
using oauth::jwt::SigningKey;

const std::string& value_of(const Introspection& settings, ClientMaterial material) noexcept {
    switch (material) {
        case ClientMaterial::secret:
            return settings.client_secret_file;
        case ClientMaterial::key:
            return settings.client_key_file;
        case ClientMaterial::certificates:
            return settings.client_certificate_file;
        case ClientMaterial::audience:
            return settings.assertion_audience;
        case ClientMaterial::key_id:
            return settings.assertion_key_id;
        case ClientMaterial::algorithm:
            break;
    }
    return settings.assertion_algorithm;
}

ClientAuthentication method_of(const Introspection& settings, const ClientWords& words) {
    if (settings.client_authentication.empty()) return ClientAuthentication::client_secret_basic;
    const auto method = oauth::parse_client_authentication(settings.client_authentication);
    if (!method)
        fail_usage(std::string(words.method) +
                   " must be client_secret_basic, client_secret_post, private_key_jwt or tls_client_auth");
    return *method;
}

// What was not said, or said in vain.
void check_materials(const Introspection& settings, ClientAuthentication method, const ClientWords& words) {
    const std::string way = std::string(words.method) + ' ' + std::string(oauth::name(method));
    for (std::size_t i = 0; i < words.materials.size(); i++) {
        const auto material = static_cast<ClientMaterial>(i);
        const ClientNeed need = oauth::need_of(method, material);
        const bool is_given = !value_of(settings, material).empty();
        if (need == ClientNeed::must && !is_given) fail_usage(way + " needs " + std::string(words.materials[i]));
        if (need == ClientNeed::none && is_given)
            fail_usage(std::string(words.materials[i]) + " has no effect with " + way + ": leave it out");
    }
}

std::shared_ptr<const SigningKey> signing_key(const Introspection& settings, const ClientWords& words) {
    const std::string_view whose = words.materials[static_cast<std::size_t>(ClientMaterial::key)];
    const auto algorithm = oauth::jwt::parse_algorithm(settings.assertion_algorithm);
    if (!settings.assertion_algorithm.empty() && !algorithm)
        fail_usage(std::string(words.materials[static_cast<std::size_t>(ClientMaterial::algorithm)]) +
                   " names no JWS algorithm, like RS256, PS256, ES256 or EdDSA");
    auto key = SigningKey::from_text(read_file(settings.client_key_file, whose), algorithm);
    if (!key)
        fail_usage(std::string(whose) + ": the key cannot be used: " + std::string(oauth::describe(key.error()).text));
    if (!settings.assertion_key_id.empty()) key->set_kid(settings.assertion_key_id);
    return std::make_shared<const SigningKey>(*std::move(key));
}

}  // namespace

SaidByServer::SaidByServer(const HttpAnswer& answer)
    : answer_(answer),
      content_encoding_(answer.list("content-encoding")),
      retry_after_(answer.list("retry-after")),
      challenge_(answer.list("www-authenticate")) {}

oauth::ServerAnswer SaidByServer::view() const noexcept {
    return {.status = answer_.status,
            .body = answer_.body,
            .content_encoding = content_encoding_,
            .retry_after = retry_after_,
            .challenge = challenge_};
}

IntrospectionClient::IntrospectionClient(std::string endpoint, ClientCredentials credentials)
    : endpoint_(std::move(endpoint)), id_(credentials.client_id()), credentials_(std::move(credentials)) {}

IntrospectionClient::IntrospectionClient(const Introspection& settings)
    : endpoint_(settings.url), id_(settings.client_id), audience_(settings.assertion_audience) {}

IntrospectionClient IntrospectionClient::load(const Introspection& settings, const ClientWords& words) {
    const ClientAuthentication method = method_of(settings, words);
    check_materials(settings, method, words);
    IntrospectionClient client(settings);
    const auto secret = [&] {
        return read_secret(settings.client_secret_file,
                           words.materials[static_cast<std::size_t>(ClientMaterial::secret)]);
    };
    switch (method) {
        case ClientAuthentication::client_secret_basic:
            client.credentials_ = ClientCredentials::basic(client.id_, secret().reveal());
            break;
        case ClientAuthentication::client_secret_post:
            client.credentials_ = ClientCredentials::post(client.id_, secret().reveal());
            break;
        case ClientAuthentication::private_key_jwt:
            client.key_ = signing_key(settings, words);
            break;
        case ClientAuthentication::tls_client_auth:
            client.credentials_ = ClientCredentials::certificate(client.id_);
            client.certificate_file_ = settings.client_certificate_file;
            client.key_file_ = settings.client_key_file;
            break;
    }
    return client;
}

ClientAuthentication IntrospectionClient::method() const noexcept {
    return credentials_ ? credentials_->method() : ClientAuthentication::private_key_jwt;
}

HttpRequest IntrospectionClient::request(std::string_view token, std::string_view issuer,
                                         oauth::NumericDate now) const {
    std::optional<ClientCredentials> assertion;
    if (!credentials_)
        assertion.emplace(ClientCredentials::assertion(id_, key_, audience_.empty() ? issuer : audience_));
    const ClientCredentials& credentials = credentials_ ? *credentials_ : *assertion;
    HttpRequest request = {.url = endpoint_,
                           .method = "POST",
                           .headers = {"Accept: application/json", "Content-Type: application/x-www-form-urlencoded"},
                           .body = oauth::introspection::request_form(token),
                           .timeout = oauth::introspection::answer_time_limit,
                           .max_body_bytes = oauth::introspection::Response::max_bytes,
                           .client_certificate_file = certificate_file_,
                           .client_key_file = key_file_};
    request.body += credentials.form_members(now).reveal();
    if (const std::string_view value = credentials.authorization(); !value.empty())
        request.headers.push_back("Authorization: " + std::string(value));
    return request;
}

std::vector<std::string_view> IntrospectionClient::secrets() const {
    if (!credentials_) return {};
    const auto both = credentials_->secrets();
    return {both.begin(), both.end()};
}

}  // namespace cli
