// Whom a verified token speaks for: for limits, records and variables the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "oauth/verified_token.h"

namespace mcp {

// Two claims that say it with the same text are two subjects: an authorization server may give one user a name that is
// another's identifier.
enum class SubjectClaim : std::uint8_t {
    sub,
    username  // RFC 7662 section 2.2: of an introspection response without sub, and of nothing else
};

struct Subject {
    SubjectClaim claim = SubjectClaim::sub;
    std::string text;
};

// nullopt: the token does not say, or in a form that is none. Throw std::bad_alloc.
std::optional<Subject> subject_of(const oauth::VerifiedToken& token);
std::optional<std::string> issuer_of(const oauth::VerifiedToken& token);
std::optional<std::string> client_of(const oauth::VerifiedToken& token);  // oauth::client_claim()

}  // namespace mcp
