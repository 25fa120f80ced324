// Why a request does not pass, and what its client and the log are told.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "ngx/nginx.h"
#include "oauth/error.h"

namespace auth_oauth2_token {

struct Refusal {
    oauth::Error error;
    std::string detail{};               // for the log: nothing that came from the client
    std::optional<ngx_int_t> status{};  // instead of the one that belongs to the error
    std::chrono::seconds retry_after{5};
};

}  // namespace auth_oauth2_token
