// Verification with rules that ask for nothing but a valid signature and exp, for tests to change one thing at a time.
#pragma once

#include <array>
#include <string_view>

#include "oauth/jwt/verifier.h"
#include "support/outcome.h"

namespace support {

namespace jwt = oauth::jwt;

inline constexpr oauth::NumericDate now = 1'700'000'000;
inline constexpr std::string_view fresh_claims = R"({"sub":"alice","exp":1700000060})";

// "ok" or the name of the error.
inline std::string_view verify(std::string_view token, const jwt::JwkSet& set, const jwt::VerificationRules& rules = {},
                               oauth::NumericDate at = now) {
    const std::array sets{&set};
    return outcome(jwt::Verifier::verify(token, sets, rules, at));
}

}  // namespace support
