// The request of token introspection (RFC 7662 section 2.1). Authenticate it with basic_credentials().
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace oauth::introspection {

// For the whole answer, where no configuration of nginx says another.
inline constexpr std::chrono::seconds answer_time_limit{5};

// The form body. It holds the token. Allocates.
std::string request_form(std::string_view token);

}  // namespace oauth::introspection
