// The request of token exchange (RFC 8693 section 2.1). Authenticate it with basic_credentials().
#pragma once

#include <string>
#include <string_view>

namespace oauth::exchange {

// The form body. An empty audience or scope is left out. It holds the token. Allocates.
std::string request_form(std::string_view subject_token, std::string_view audience, std::string_view scope);

}  // namespace oauth::exchange
