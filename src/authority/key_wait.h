// A request whose token the keys of its issuer do not verify, and that waits for newer ones.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "authority/doubtful_tokens.h"
#include "authority/issuer_keys.h"
#include "authority/question.h"
#include "ngx/nginx.h"
#include "ngx/pause.h"
#include "oauth/error.h"

namespace authority {

// A token is called bad by keys that were asked for when it was there already, and by no others: so a rotation at any
// moment costs its first tokens a wait, or a 503, and never a 401. Strangers can have us ask once in each refetch
// interval, and nobody waits for longer than that and one answer. Part of an object in the pool of its request.
class KeyWait {
public:
    KeyWait(ngx_http_request_t* request, Questions& questions, DoubtfulTokens& doubtful) noexcept
        : request_(request), questions_(questions), doubtful_(doubtful), pause_(request) {}

    // `error` is what the keys say of the token, or that there are none. nullopt: the request waits; look at the keys
    // again when nginx calls. Else what it is refused with. Throws std::bad_alloc.
    std::optional<oauth::Error> begin(IssuerKeys& keys, std::string_view token, oauth::Error error);
    // It does not wait any more.
    void end() noexcept { place_ = {}; }

private:
    using Milliseconds = std::chrono::milliseconds;

    bool is_judged_by(const IssuerKeys& keys, Milliseconds time_to_turn) const noexcept;

    ngx_http_request_t* request_;
    Questions& questions_;
    DoubtfulTokens& doubtful_;
    ngx::Pause pause_;
    QuestionCounts::Place place_;  // while it waits
    std::optional<Milliseconds> arrived_;
    Milliseconds first_seen_{0};  // its token
};

}  // namespace authority
