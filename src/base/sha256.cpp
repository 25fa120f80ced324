#include "base/sha256.h"

#include <cstdint>
#include <new>

#include "base/openssl.h"

namespace base {
namespace {

// Fetching the digest and making a context cost several times the hash of a token, so a thread keeps both.
class Hasher {
public:
    bool start() noexcept {
        if (!digest_) digest_.reset(EVP_MD_fetch(nullptr, "SHA256", nullptr));
        if (!context_) context_.reset(EVP_MD_CTX_new());
        return digest_ && context_ && EVP_DigestInit_ex2(context_.get(), digest_.get(), nullptr) == 1;
    }
    bool add(const void* bytes, std::size_t size) noexcept {
        return EVP_DigestUpdate(context_.get(), bytes, size) == 1;
    }
    bool finish(Sha256& result) noexcept { return EVP_DigestFinal_ex(context_.get(), result.data(), nullptr) == 1; }

private:
    openssl::Digest digest_;
    openssl::DigestContext context_;
};

bool add_part(Hasher& hasher, std::string_view part) noexcept {
    std::array<unsigned char, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i)
        length[i] = static_cast<unsigned char>(std::uint64_t{part.size()} >> (56 - 8 * i));
    return hasher.add(length.data(), length.size()) && hasher.add(part.data(), part.size());
}

bool hash(std::initializer_list<std::string_view> parts, Sha256& result) noexcept {
    thread_local Hasher hasher;
    if (!hasher.start()) return false;
    for (const std::string_view part : parts)
        if (!add_part(hasher, part)) return false;
    return hasher.finish(result);
}

}  // namespace

std::optional<Sha256> sha256_of(std::initializer_list<std::string_view> parts) noexcept {
    Sha256 result;
    if (hash(parts, result)) return result;
    ERR_clear_error();
    return std::nullopt;
}

Sha256 must_sha256_of(std::initializer_list<std::string_view> parts) {
    const auto digest = sha256_of(parts);
    if (!digest) throw std::bad_alloc();
    return *digest;
}

}  // namespace base
