// The record of a decision: one JSON object in one line, as docs/schemas/audit-record-1.schema.json describes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "mcp/observation.h"

namespace mcp {

enum class ShownIdentity : std::uint8_t {
    plain,
    hash,  // subject, client and address only as a keyed hash
};

struct AuditSettings {
    ShownIdentity identity = ShownIdentity::plain;
    base::Secret key{};  // of the hashes; empty: there is none, and identities are plain
};

// RFC 2104 section 3: a shorter key than the digest is weaker than it.
inline constexpr std::size_t shortest_audit_key = 32;

// Members are added; what one means, or its name, changes only with another version.
inline constexpr int audit_record_version = 1;

// No line is longer; with one operation it is shorter than 4096 bytes, which pipes take in one piece (PIPE_BUF).
inline constexpr std::size_t longest_audit_record = std::size_t{28} * 1024;
inline constexpr std::size_t longest_usual_audit_record = std::size_t{4} * 1024;

// UTF-8 without a line end: control characters, U+2028, U+2029 and what turns the direction of text are escaped, what
// is not UTF-8 becomes U+FFFD. Long texts end with "..." and the beginning of their SHA-256. What is not known is left
// out. Throws std::bad_alloc.
std::string audit_record(const Observation& observation, const AuditSettings& settings);

// The same in all reports of a request. Whoever is not named in its record is named nowhere.
bool hides_identity(const Observation& observation) noexcept;
// 16 hexadecimal digits, by the key where there is one; Observation::shown_session, where it was made already.
std::string shown_session(const Observation& observation);

// What the hashes are made of, so that others can make them as well: HMAC-SHA-256 over netstrings of the member's name,
// the issuer where it is a subject or a client (two issuers' equal names are two), and the value.
// "3:sub,22:https://as.example.com,5:alice,"; the first 32 hexadecimal digits.
std::string hashed_identity(const AuditSettings& settings, std::string_view member, std::string_view issuer,
                            std::string_view value);

}  // namespace mcp
