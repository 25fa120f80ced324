// A JWK Set that an authorization server publishes.
#pragma once

#include <expected>
#include <string>

#include "oauth/jwt/jwk_set.h"

namespace oauth::jwt {

// The keys again, or why they cannot be used: symmetric keys that anyone can read are none. Throws std::bad_alloc.
std::expected<JwkSet, std::string> usable_when_published(JwkSet set);

}  // namespace oauth::jwt
