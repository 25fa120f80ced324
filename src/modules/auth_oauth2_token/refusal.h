// Why a request does not pass, and what its client and the log are told.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "authority/inquiry.h"
#include "ngx/nginx.h"
#include "oauth/error.h"

namespace auth_oauth2_token {

struct Refusal {
    oauth::Error error;
    std::string detail{};               // for the log: nothing that came from the client
    std::optional<ngx_int_t> status{};  // instead of the one that belongs to the error
    std::chrono::seconds retry_after{5};
};

// What is wrong before anyone reads the answer; nullopt: nothing, or what `reason` says.
Refusal refusal_of(const authority::Answer& answer, oauth::Error error, std::string_view endpoint);

// The error of an answer that did not come as a whole. nullopt: it did.
std::optional<oauth::Error> trouble_of(const authority::Answer& answer) noexcept;

}  // namespace auth_oauth2_token
