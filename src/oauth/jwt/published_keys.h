// A JWK Set that an authorization server publishes.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "oauth/jwt/jwk_set.h"

namespace oauth::jwt {

// Whether a set was refused for nothing but that no key is in it: whoever publishes it has withdrawn them all, which is
// news and no error.
bool is_withdrawal(const KeySetError& error) noexcept;

// The keys of a document from a URL, which may be none at all; or why they cannot be used. Throws std::bad_alloc.
std::expected<JwkSet, std::string> read_published_keys(std::string_view document);

// The keys again, or why they cannot be used: symmetric keys that anyone can read are none. Throws std::bad_alloc.
std::expected<JwkSet, std::string> usable_when_published(JwkSet set);

}  // namespace oauth::jwt
