// A request whose token the keys of its issuer do not verify, and that waits for newer ones.
#pragma once

#include <optional>
#include <string_view>

#include "authority/doubtful_tokens.h"
#include "authority/issuer_keys.h"
#include "authority/question.h"
#include "authority/turn_rule.h"
#include "ngx/nginx.h"
#include "ngx/pause.h"
#include "oauth/error.h"

namespace authority {

// By TurnRule, for at most ten seconds: until it may ask, and for an answer. Part of an object in the pool of its
// request.
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
    ngx_http_request_t* request_;
    Questions& questions_;
    DoubtfulTokens& doubtful_;
    ngx::Pause pause_;
    QuestionCounts::Place place_;  // while it waits
    std::optional<TurnRule> rule_;
};

}  // namespace authority
