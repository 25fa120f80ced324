#include "ngx/client_certificate.h"

#include <openssl/pem.h>

#include <new>

namespace ngx {
namespace {

using base::openssl::Bio;
using base::openssl::Certificate;
using base::openssl::Certificates;
using base::openssl::Pkey;

// An encrypted key is refused, and nobody is asked on the terminal.
int no_password(char*, int, int, void*) noexcept {
    return -1;
}

Bio reader_of(std::string_view pem) {
    Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    if (bio == nullptr) throw std::bad_alloc();
    return bio;
}

// Those that stand behind the first one.
Certificates read_chain(BIO* bio) {
    Certificates chain(sk_X509_new_null());
    if (chain == nullptr) throw std::bad_alloc();
    while (Certificate next{PEM_read_bio_X509(bio, nullptr, no_password, nullptr)}) {
        if (sk_X509_push(chain.get(), next.get()) == 0) throw std::bad_alloc();
        [[maybe_unused]] const X509* of_chain = next.release();
    }
    return chain;
}

}  // namespace

std::expected<ClientCertificate::Shared, std::string> ClientCertificate::load(std::string_view certificates,
                                                                              std::string_view key) {
    const base::openssl::ErrorQueueGuard guard;
    const Bio bio = reader_of(certificates);
    Certificate own(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr));
    if (own == nullptr) return std::unexpected("it has no certificate in PEM form");
    Certificates chain = read_chain(bio.get());
    const Bio key_bio = reader_of(key);
    Pkey pkey(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, no_password, nullptr));
    if (pkey == nullptr) return std::unexpected("its key is no private key in PEM form, or is encrypted");
    if (X509_check_private_key(own.get(), pkey.get()) != 1)
        return std::unexpected("its first certificate belongs to another key");
    base::Sha256 identity{};
    if (X509_digest(own.get(), EVP_sha256(), identity.data(), nullptr) != 1) throw std::bad_alloc();
    return Shared(new ClientCertificate(std::move(own), std::move(chain), std::move(pkey), identity));
}

bool ClientCertificate::is_expired() const noexcept {
    return X509_cmp_current_time(X509_get0_notAfter(own_.get())) < 0;
}

bool ClientCertificate::use_in(SSL_CTX* context) const noexcept {
    return SSL_CTX_use_cert_and_key(context, own_.get(), key_.get(), chain_.get(), 1) == 1;
}

}  // namespace ngx
