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

// A document without any key is news, and no error: whoever publishes it has withdrawn them all. One whose keys are all
// left out is an error: they may be of a kind that is not known here, and nobody has said that the old ones are bad.
std::expected<oauth::jwt::JwkSet, oauth::jwt::KeySetError> read_key_document(std::string_view document,
                                                                             KeyFormat format) noexcept;

// Why a document cannot be used: when all its keys are left out, the first of them and why. For a log line, and no
// longer than one may be, whatever stands in the document. Throws std::bad_alloc.
std::string text_of(const oauth::jwt::KeySetError& error);

}  // namespace authority
