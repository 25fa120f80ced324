#include "base/sha256.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

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

// Small parts are handed to OpenSSL together: its work for a call is that for a block of what is hashed.
class Gathered {
public:
    explicit Gathered(Hasher& hasher) noexcept : hasher_(hasher) {}
    bool add_part(std::string_view part) noexcept {
        std::uint64_t length = part.size();
        if constexpr (std::endian::native == std::endian::little) length = std::byteswap(length);
        return add({reinterpret_cast<const char*>(&length), sizeof(length)}) && add(part);
    }
    bool finish(Sha256& result) noexcept { return hand_over() && hasher_.finish(result); }

private:
    bool add(std::string_view bytes) noexcept {
        if (bytes.size() > gathered_.size() - size_ && !hand_over()) return false;
        if (bytes.size() > gathered_.size()) return hasher_.add(bytes.data(), bytes.size());
        if (!bytes.empty()) std::memcpy(gathered_.data() + size_, bytes.data(), bytes.size());
        size_ += bytes.size();
        return true;
    }
    bool hand_over() noexcept { return hasher_.add(gathered_.data(), std::exchange(size_, 0)); }

    Hasher& hasher_;
    std::array<char, 256> gathered_;
    std::size_t size_ = 0;
};

bool hash(std::initializer_list<std::string_view> parts, Sha256& result) noexcept {
    thread_local Hasher hasher;
    if (!hasher.start()) return false;
    Gathered gathered(hasher);
    for (const std::string_view part : parts)
        if (!gathered.add_part(part)) return false;
    return gathered.finish(result);
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
