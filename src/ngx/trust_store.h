// The certificate authorities that outgoing TLS trusts.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/openssl.h"
#include "base/sha256.h"

namespace ngx {

// Loaded once, while nginx reads its configuration (so that `nginx -t` names a bad file, and root may read it), and
// shared by every TLS handshake of every worker: reading the system's bundle again for each one costs 20 ms of CPU.
class TrustStore {
public:
    // `file`: PEM certificates. Null: the system's own. The error is one sentence part without the file's name.
    static std::expected<TrustStore, std::string> load(const char* file) noexcept;

    X509_STORE* get() const noexcept { return store_.get(); }
    // Stands for the certificates that were loaded: what was fetched under others may have come from somebody else.
    const base::Sha256& identity() const noexcept { return identity_; }

private:
    TrustStore(base::openssl::X509Store store, const base::Sha256& identity) noexcept
        : store_(std::move(store)), identity_(identity) {}
    base::openssl::X509Store store_;
    base::Sha256 identity_;
};

}  // namespace ngx
