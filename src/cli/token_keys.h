// The keys that verify a token, from wherever nginx would have them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/token_settings.h"
#include "oauth/jwt/jwk_set.h"

namespace cli {

// The source whose tokens may say this; or the only one; nullptr: there is none.
const KeySource* source_for(const std::vector<KeySource>& sources, std::string_view issuer) noexcept;

// Reads or fetches them, and says what was left out of them. Throws the Failure that ends the command.
oauth::jwt::JwkSet read_keys(const KeySource& source, const Outgoing& outgoing);

}  // namespace cli
