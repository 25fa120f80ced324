#include "oauth/verified_token.h"

#include <utility>

namespace oauth {

VerifiedToken::VerifiedToken(std::optional<json::Document> header, json::Document claims,
                             std::optional<NumericDate> expiration) noexcept
    : header_(std::move(header)), claims_(std::move(claims)), expiration_(expiration) {}

std::optional<json::Value> VerifiedToken::header() const noexcept {
    if (!header_) return std::nullopt;
    return header_->root();
}

std::size_t VerifiedToken::memory_bytes() const noexcept {
    return sizeof(*this) + claims_.memory_bytes() + (header_ ? header_->memory_bytes() : 0);
}

}  // namespace oauth
