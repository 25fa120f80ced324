#include "ngx/trust_store.h"

#include <openssl/err.h>

#include <utility>

#include "ngx/file.h"

namespace ngx {
namespace {

std::string last_openssl_error() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason != nullptr ? reason : "no certificate could be loaded";
}

}  // namespace

std::expected<TrustStore, std::string> TrustStore::load(const char* file) noexcept try {
    const oauth::openssl::ErrorQueueGuard guard;
    oauth::openssl::X509Store store(X509_STORE_new());
    if (store == nullptr) return std::unexpected(last_openssl_error());
    if (file != nullptr)  // OpenSSL would say "system lib"
        if (const auto stamp = stamp_file(file); !stamp) return std::unexpected(stamp.error());
    const int loaded =
        file != nullptr ? X509_STORE_load_file(store.get(), file) : X509_STORE_set_default_paths(store.get());
    if (loaded != 1) return std::unexpected(last_openssl_error());
    return TrustStore(std::move(store));
} catch (...) {
    return std::unexpected(std::string());  // no memory for a longer one
}

}  // namespace ngx
