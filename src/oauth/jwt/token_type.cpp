#include "oauth/jwt/token_type.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace oauth::jwt {
namespace {

// Kinds of JWT that are signed with the same keys as access tokens, or by parties whose keys one may come to trust.
constexpr std::array<std::string_view, 24> other_kinds{
    "authorization-grant+jwt",
    "client-authentication+jwt",
    "dc+sd-jwt",
    "dpop+jwt",              // RFC 9449
    "entity-statement+jwt",  // OpenID Federation 1.0
    "explicit-registration-response+jwt",
    "jwk-set+jwt",
    "kb+jwt",
    "key-attestation+jwt",
    "logout+jwt",           // OpenID Connect Back-Channel Logout 1.0
    "oauth-authz-req+jwt",  // RFC 9101
    "oauth-client-attestation+jwt",
    "oauth-client-attestation-pop+jwt",
    "oauth-id-jag+jwt",
    "openid4vci-proof+jwt",
    "resolve-response+jwt",
    "secevent+jwt",  // RFC 8417
    "statuslist+jwt",
    "token-introspection+jwt",  // RFC 9701
    "trust-mark+jwt",
    "trust-mark-delegation+jwt",
    "txntoken+jwt",
    "vc+jwt",
    "vp+jwt",
};

// RFC 7515 section 4.1.9: "application/" may be left out when no other slash follows.
std::string_view without_application(std::string_view type) noexcept {
    constexpr std::string_view prefix = "application/";
    return base::equals_ignoring_case(type.substr(0, prefix.size()), prefix) ? type.substr(prefix.size()) : type;
}

}  // namespace

bool accepts_type(TypeRule rule, std::optional<std::string_view> type) noexcept {
    const std::string_view kind = without_application(type.value_or(""));
    if (rule == TypeRule::access_token_only) return base::equals_ignoring_case(kind, "at+jwt");
    return std::ranges::none_of(other_kinds,
                                [&](std::string_view other) { return base::equals_ignoring_case(kind, other); });
}

}  // namespace oauth::jwt
