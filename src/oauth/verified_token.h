// The claims of an access token after its verification. Only a verifier can make one, so that policy can never be shown
// unverified claims by mistake.
#pragma once

#include <cstddef>
#include <optional>

#include "oauth/json/json.h"
#include "oauth/numeric_date.h"

namespace oauth {

namespace jwt {
class Verifier;
}
namespace introspection {
class Response;
}

class VerifiedToken {
public:
    // An object: JWT claims, or the introspection response.
    json::Value claims() const noexcept { return claims_.root(); }
    // The JOSE header; none for an introspected token.
    std::optional<json::Value> header() const noexcept;

    std::optional<NumericDate> expiration() const noexcept { return expiration_; }

    std::size_t memory_bytes() const noexcept;

private:
    friend class jwt::Verifier;
    friend class introspection::Response;
    VerifiedToken(std::optional<json::Document> header, json::Document claims,
                  std::optional<NumericDate> expiration) noexcept;

    std::optional<json::Document> header_;
    json::Document claims_;
    std::optional<NumericDate> expiration_;
};

}  // namespace oauth
