#include "base/hmac.h"

#include <array>
#include <memory>
#include <new>
#include <utility>

#include "base/escape.h"
#include "base/openssl.h"

namespace base {
namespace {

using Mac = std::unique_ptr<EVP_MAC, openssl::Deleter<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, openssl::Deleter<EVP_MAC_CTX_free>>;

// Fetching and making a context cost more than the code of a name, so a thread keeps it.
class Authenticator {
public:
    bool start(std::string_view key) noexcept {
        // No key at all would be the one before.
        const auto* bytes = reinterpret_cast<const unsigned char*>(key.empty() ? "" : key.data());
        if (context_) return EVP_MAC_init(context_.get(), bytes, key.size(), nullptr) == 1;
        const Mac mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
        if (!mac) return false;
        MacContext context(EVP_MAC_CTX_new(mac.get()));
        std::array<char, 7> digest{"SHA256"};
        const std::array<OSSL_PARAM, 2> parameters{
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
        if (!context || EVP_MAC_init(context.get(), bytes, key.size(), parameters.data()) != 1) return false;
        context_ = std::move(context);
        return true;
    }
    bool add(std::string_view text) noexcept {
        return EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
    }
    bool finish(Sha256& code) noexcept {
        std::size_t size = 0;
        return EVP_MAC_final(context_.get(), code.data(), &size, code.size()) == 1 && size == code.size();
    }

private:
    MacContext context_;
};

}  // namespace

Sha256 must_hmac_sha256_of(std::string_view key, std::string_view text) {
    thread_local Authenticator authenticator;
    const openssl::ErrorQueueGuard guard;
    Sha256 code;
    if (!authenticator.start(key) || !authenticator.add(text) || !authenticator.finish(code)) throw std::bad_alloc();
    return code;
}

Sha256 must_plain_sha256_of(std::string_view text) {
    // As above: a context of its own for each text costs five times as much as the digest.
    thread_local openssl::Digest algorithm;
    thread_local openssl::DigestContext context;
    const openssl::ErrorQueueGuard guard;
    if (!algorithm) algorithm.reset(EVP_MD_fetch(nullptr, "SHA256", nullptr));
    if (!context) context.reset(EVP_MD_CTX_new());
    Sha256 digest;
    if (!algorithm || !context || EVP_DigestInit_ex(context.get(), algorithm.get(), nullptr) != 1 ||
        EVP_DigestUpdate(context.get(), text.data(), text.size()) != 1 ||
        EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1)
        throw std::bad_alloc();
    return digest;
}

std::string hex_beginning(const Sha256& digest, std::size_t digits) {
    return hex(digest).substr(0, digits);
}

}  // namespace base
