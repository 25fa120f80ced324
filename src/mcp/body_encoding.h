// What the headers say about the body, judged before anybody reads it.
#pragma once

#include <expected>
#include <span>
#include <string_view>

#include "mcp/reason.h"

namespace mcp {

// All values of each header of one request.
struct BodyHeaders {
    std::span<const std::string_view> content_type{};
    std::span<const std::string_view> content_encoding{};
};

// For every request with a body: one Content-Type at most, and no form, in which some servers look for access_token
// (RFC 6750 section 2.2). Errors: content_type_ambiguous, media_type_unsupported.
std::expected<void, TransportError> check_no_form(const BodyHeaders& headers) noexcept;

// Where the body decides: application/json, in UTF-8 (RFC 8259 section 8.1) and as it is. Errors as above.
std::expected<void, TransportError> check_plain_json(const BodyHeaders& headers) noexcept;

// Whether it is worth a look where nothing is decided by it: whatever parameters the media type has beside a charset.
// What is no JSON, its reader finds out.
bool may_be_json(const BodyHeaders& headers) noexcept;

}  // namespace mcp
