// How we prove to the authorization server who we are (RFC 6749 section 2.3.1).
#pragma once

#include <string_view>

#include "base/secret.h"

namespace oauth {

// The value of an Authorization header: id and secret are form-encoded first, so that a ":" in the id, or a "%" in
// either, arrives as it is. Allocates.
base::Secret basic_credentials(std::string_view client_id, std::string_view client_secret);

}  // namespace oauth
