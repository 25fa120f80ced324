// application/x-www-form-urlencoded, as OAuth uses it (RFC 6749 appendix B).
#pragma once

#include <string>
#include <string_view>

namespace base {

// Letters, digits and "*-._" stay, a space becomes "+", any other byte %XX. Allocates.
std::string form_encode(std::string_view text);

}  // namespace base
