// What "typ" says a JWT is (RFC 8725 section 3.11).
#pragma once

#include <optional>
#include <string_view>

#include "oauth/jwt/verifier.h"

namespace oauth::jwt {

bool accepts_type(TypeRule rule, std::optional<std::string_view> type) noexcept;

}  // namespace oauth::jwt
