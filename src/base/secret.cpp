#include "base/secret.h"

#include <openssl/crypto.h>

#include <utility>

namespace base {

// A moved-from short string keeps its bytes in place, so the source is wiped too.
Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {
    other.wipe();
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        bytes_ = std::move(other.bytes_);
        other.wipe();
    }
    return *this;
}

Secret::~Secret() {
    wipe();
}

void Secret::wipe() noexcept {
    bytes_.resize(bytes_.capacity());  // within the capacity: does not allocate
    OPENSSL_cleanse(bytes_.data(), bytes_.size());
    bytes_.clear();
}

}  // namespace base
