// The certificate authorities that outgoing TLS trusts.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "oauth/base/openssl.h"

namespace ngx {

// Loaded once, while nginx reads its configuration (so that `nginx -t` names a bad file, and root may read it), and
// shared by every TLS handshake of every worker: reading the system's bundle again for each one costs 20 ms of CPU.
class TrustStore {
public:
    // `file`: PEM certificates. Null: the system's own. The error is one sentence part without the file's name.
    static std::expected<TrustStore, std::string> load(const char* file) noexcept;

    X509_STORE* get() const noexcept { return store_.get(); }

private:
    using Store = oauth::openssl::TrustStore;
    explicit TrustStore(Store store) noexcept : store_(std::move(store)) {}
    Store store_;
};

}  // namespace ngx
