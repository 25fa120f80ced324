#include "oauth/verified_token.h"

#include <utility>

#include "oauth/claims_rules.h"

namespace oauth {
namespace {

std::optional<std::string_view> string_claim(const json::Value& claims, std::string_view name) noexcept {
    const auto value = claims.member(name);
    return value ? value->string() : std::nullopt;
}

}  // namespace

VerifiedToken::VerifiedToken(std::optional<json::Document> header, json::Document claims,
                             std::optional<NumericDate> expiration) noexcept
    : header_(std::move(header)), claims_(std::move(claims)), expiration_(expiration) {}

std::optional<json::Value> VerifiedToken::header() const noexcept {
    if (!header_) return std::nullopt;
    return header_->root();
}

std::optional<std::string_view> VerifiedToken::issuer() const noexcept {
    return string_claim(claims(), "iss");
}

std::optional<std::string_view> VerifiedToken::subject() const noexcept {
    return string_claim(claims(), "sub");
}

bool VerifiedToken::audience_contains(std::string_view audience) const noexcept {
    return oauth::audience_contains(claims(), audience);
}

std::size_t VerifiedToken::memory_bytes() const noexcept {
    return sizeof(*this) + claims_.memory_bytes() + (header_ ? header_->memory_bytes() : 0);
}

}  // namespace oauth
