#include "base/secret.h"

#include <openssl/crypto.h>

#include <cstddef>
#include <utility>

namespace base {
namespace {

void wipe(std::string& bytes) noexcept {
    bytes.resize(bytes.capacity());  // within the capacity: does not allocate
    OPENSSL_cleanse(bytes.data(), bytes.size());
    bytes.clear();
}

}  // namespace

// A moved-from short string keeps its bytes in place, so the source is wiped too.
Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {
    wipe(other.bytes_);
}

Secret Secret::taken(std::string&& bytes) noexcept {
    Secret secret;
    secret.bytes_.swap(bytes);
    wipe(bytes);  // a short string was copied, not handed over
    return secret;
}

Secret Secret::joined(std::initializer_list<std::string_view> parts) {
    std::size_t size = 0;
    for (const std::string_view part : parts)
        size += part.size();
    Secret secret;
    secret.bytes_.reserve(size);  // grown, it would leave copies behind
    for (const std::string_view part : parts)
        secret.bytes_ += part;
    return secret;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe(bytes_);
        bytes_ = std::move(other.bytes_);
        wipe(other.bytes_);
    }
    return *this;
}

Secret::~Secret() {
    wipe(bytes_);
}

}  // namespace base
