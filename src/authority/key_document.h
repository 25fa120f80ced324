// A document of keys, as an authorization server or an operator publishes it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "oauth/jwt/jwk_set.h"

namespace authority {

enum class KeyFormat : std::uint8_t {
    jwks,
    keyval
};

// The errors say for a message why the document cannot be used. Both throw std::bad_alloc.
//
// What nginx starts with: there is a key in it.
std::expected<oauth::jwt::JwkSet, std::string> read_first_keys(std::string_view document, KeyFormat format);

// What comes later. A document without any key is news, and no error: whoever publishes it has withdrawn them all. One
// whose keys are all left out is an error: they may be of a kind that is not known here, and nobody has said that the
// old ones are bad.
std::expected<oauth::jwt::JwkSet, std::string> read_keys(std::string_view document, KeyFormat format);

}  // namespace authority
