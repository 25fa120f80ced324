// The certificate that we show a server which asks for one (mutual TLS), and its key.
#pragma once

#include <openssl/ssl.h>

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/openssl.h"
#include "base/sha256.h"

namespace ngx {

// Loaded once, while nginx reads its configuration, as a TrustStore is.
class ClientCertificate {
public:
    using Shared = std::shared_ptr<const ClientCertificate>;

    // `certificates`: PEM, ours first, and those that lead from it to one that the server knows. `key`: PEM, not
    // encrypted. The error is one sentence part.
    static std::expected<Shared, std::string> load(std::string_view certificates, std::string_view key);

    bool is_expired() const noexcept;
    // Stands for the certificate: answers to another one are answers to somebody else.
    const base::Sha256& identity() const noexcept { return identity_; }

    // Has connections of `context` show it.
    bool use_in(SSL_CTX* context) const noexcept;

private:
    ClientCertificate(base::openssl::Certificate own, base::openssl::Certificates chain, base::openssl::Pkey key,
                      const base::Sha256& identity) noexcept
        : own_(std::move(own)), chain_(std::move(chain)), key_(std::move(key)), identity_(identity) {}

    base::openssl::Certificate own_;
    base::openssl::Certificates chain_;
    base::openssl::Pkey key_;
    base::Sha256 identity_;
};

}  // namespace ngx
