// What an endpoint of the authorization server says about a failure: the members "error" and "error_description" of a
// JSON body (RFC 6749 section 5.2), or the parameters of a challenge (RFC 6750 section 3).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "oauth/json/json.h"
#include "oauth/server_answer.h"

namespace oauth {

class ErrorAnswer {
public:
    // The texts of `answer` must live as long as this.
    explicit ErrorAnswer(const ServerAnswer& answer) noexcept;

    // The error code of the body; without one that of the challenge. Empty: there is none.
    std::string_view code() const noexcept;
    std::string_view description() const noexcept;  // beside that code

    // True when there is a code, and no other one beside it.
    bool says_only(std::string_view code) const noexcept;
    // True for a body that says "active": false (RFC 7662 section 2.2) and for what else is said about no error.
    bool says_only_inactive() const noexcept;
    // RFC 6749 section 5.2: the scheme by which a client has to authenticate stands in the 401 that it gets if it did
    // not.
    bool demands_basic() const noexcept;

    // Code and description for a log line, `"invalid_client": "Audience not found"`; empty without a code. Printable
    // ASCII only, and cut. What could be a token, or a part of one of `secrets` (as it is, or form-encoded), is left
    // out: some servers repeat what they got. Throws std::bad_alloc.
    std::string printable(std::span<const std::string_view> secrets) const;

private:
    std::string_view body_member(std::string_view name) const noexcept;

    std::optional<json::Document> body_;
    std::string_view challenge_;
};

// True when `text` has a part of one of `secrets`, as it is or form-encoded: then it is for no log. Throws
// std::bad_alloc.
bool repeats(std::string_view text, std::span<const std::string_view> secrets);

// The value of a parameter of any challenge of a WWW-Authenticate field (RFC 9110 section 11.6.1), without the quotes
// and with its backslashes. Empty: there is none.
std::string_view challenge_parameter(std::string_view field, std::string_view name) noexcept;

}  // namespace oauth
