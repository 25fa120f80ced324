#include "ngx/trust_store.h"

#include <openssl/err.h>

#include <new>
#include <utility>

#include "ngx/file.h"

namespace ngx {
namespace {

std::string last_openssl_error() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason != nullptr ? reason : "no certificate could be loaded";
}

// Of the certificates and revocation lists that a store holds, in their order. Throws std::bad_alloc.
base::Sha256 identity_of(X509_STORE* store) {
    base::Sha256 identity{};
    const STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(store);
    for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
        const X509_OBJECT* object = sk_X509_OBJECT_value(objects, i);
        base::Sha256 digest{};
        const X509* certificate = X509_OBJECT_get0_X509(object);
        const int done = certificate != nullptr
                             ? X509_digest(certificate, EVP_sha256(), digest.data(), nullptr)
                             : X509_CRL_digest(X509_OBJECT_get0_X509_CRL(object), EVP_sha256(), digest.data(), nullptr);
        if (done != 1) throw std::bad_alloc();
        identity = base::must_sha256_of({base::bytes(identity), base::bytes(digest)});
    }
    return identity;
}

}  // namespace

std::expected<TrustStore, std::string> TrustStore::load(const char* file) noexcept try {
    const base::openssl::ErrorQueueGuard guard;
    base::openssl::X509Store store(X509_STORE_new());
    if (store == nullptr) return std::unexpected(last_openssl_error());
    if (file != nullptr)  // OpenSSL would say "system lib"
        if (const auto stamp = stamp_file(file); !stamp) return std::unexpected(stamp.error());
    const int loaded =
        file != nullptr ? X509_STORE_load_file(store.get(), file) : X509_STORE_set_default_paths(store.get());
    if (loaded != 1) return std::unexpected(last_openssl_error());
    const auto identity = identity_of(store.get());
    return TrustStore(std::move(store), identity);
} catch (...) {
    return std::unexpected(std::string());  // no memory for a longer one
}

}  // namespace ngx
