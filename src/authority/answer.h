// What came back from an authorization server, whichever way it was asked.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "oauth/error.h"
#include "oauth/server_answer.h"

namespace authority {

struct Answer {
    // Why there is nothing to be read: nobody could be asked, or what came is no whole answer. nullopt: look at the
    // status first.
    std::optional<oauth::Error> error{};
    int status = 0;  // 0: none came
    std::string body{};
    std::string content_encoding{};
    std::string retry_after{};
    std::string challenge{};  // WWW-Authenticate
    std::string note{};       // for the log; nothing in it came from a client

    oauth::ServerAnswer view() const noexcept { return {status, body, content_encoding, retry_after, challenge}; }
    // For the log: `"https://as.example/token" gave status 400, "invalid_client": "Audience not found"`. Nothing of the
    // `secrets` that were sent is in it.
    std::string describe(std::string_view endpoint, std::span<const std::string_view> secrets) const;
};

}  // namespace authority
