// Bearer credentials of a request (RFC 6750 section 2.1, RFC 9110 section 11.4).
#pragma once

#include <expected>
#include <span>
#include <string_view>

#include "oauth/error.h"

namespace oauth {

// The token in the values of all Authorization headers of one request. The scheme's case does not matter.
// Errors: credentials_missing (no header, or an empty one), credentials_not_bearer (another scheme),
// credentials_malformed
// ("Bearer" without exactly one token after one or more spaces, or a token with characters outside RFC 6750's
// b64token), request_ambiguous (more than one header).
std::expected<std::string_view, Error> bearer_token(std::span<const std::string_view> authorization) noexcept;

// What these credentials are when they are not Bearer, as a part of a sentence: "it is Basic"; else empty. All texts
// are literals, since what stands where a scheme should be may be a token.
std::string_view scheme_problem(std::string_view authorization) noexcept;

// Whether a query string or form body has this parameter (RFC 6750 section 2.3), however its name is percent-encoded,
// and in every spelling that a common reader of forms takes for it. `name` is in lower case.
bool has_form_parameter(std::string_view encoded, std::string_view name) noexcept;

}  // namespace oauth
