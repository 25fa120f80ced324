// Reading WWW-Authenticate as a client does (RFC 9110 section 11.6.1).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cli::doctor {

struct ReceivedChallenge {
    std::string scheme;                             // in lower case
    std::map<std::string, std::string> parameters;  // names in lower case; quoted strings without their quotes

    // Empty when it is not there.
    std::string_view parameter(std::string_view name) const;
};

// One challenge with auth-params, and nothing after it. nullopt: malformed, a parameter twice, or a second challenge.
std::optional<ReceivedChallenge> parse_challenge(std::string_view text);

}  // namespace cli::doctor
