// Whoever asks an introspection endpoint (RFC 7662) for a command, and how it proves who it is.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/http.h"
#include "cli/settings/gateway.h"
#include "oauth/client_credentials.h"
#include "oauth/jwt/signing_key.h"
#include "oauth/numeric_date.h"
#include "oauth/server_answer.h"

namespace cli {

// What an operator calls it all: options of a command, variables, keys of a file.
struct ClientWords {
    std::string_view method;
    std::array<std::string_view, 6> materials;  // of oauth::ClientMaterial
};

class IntrospectionClient {
public:
    IntrospectionClient(std::string endpoint, oauth::ClientCredentials credentials);
    // Reads the files. Throws the Failure that ends the command, when something is missing, has no effect or cannot be
    // used.
    static IntrospectionClient load(const Introspection& settings, const ClientWords& words);

    // Named by whoever gives the secret, never taken from a document.
    const std::string& endpoint() const noexcept { return endpoint_; }
    const std::string& id() const noexcept { return id_; }
    oauth::ClientAuthentication method() const noexcept;
    // An assertion names the authorization server, and nobody has said how.
    bool lacks_audience() const noexcept { return key_ != nullptr && audience_.empty(); }

    // `issuer`: instead of an audience that is lacking.
    HttpRequest request(std::string_view token, std::string_view issuer, oauth::NumericDate now) const;
    // What nobody may be shown.
    std::vector<std::string_view> secrets() const;

private:
    explicit IntrospectionClient(const Introspection& settings);

    std::string endpoint_;
    std::string id_;
    std::optional<oauth::ClientCredentials> credentials_;  // nullopt: an assertion, made for each request
    std::shared_ptr<const oauth::jwt::SigningKey> key_;
    std::string audience_;
    std::string certificate_file_;
    std::string key_file_;
};

// What an answer says to oauth::introspection::refusal().
class SaidByServer {
public:
    // `answer` must live as long as this.
    explicit SaidByServer(const HttpAnswer& answer);

    oauth::ServerAnswer view() const noexcept;

private:
    const HttpAnswer& answer_;
    std::string content_encoding_;
    std::string retry_after_;
    std::string challenge_;  // some servers send a line for each scheme
};

}  // namespace cli
