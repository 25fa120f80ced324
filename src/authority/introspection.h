// What the authorization server says about a token (RFC 7662): as it is kept, or asked for.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "authority/question.h"
#include "ngx/nginx.h"
#include "oauth/claims_rules.h"
#include "oauth/error.h"
#include "oauth/introspection/response.h"
#include "oauth/token_cache.h"
#include "oauth/verified_token.h"

namespace authority {

// The part of one request.
class Introspection final : private Asker {
public:
    struct Terms {
        Query query;
        oauth::introspection::KeepFor keep_for;
        const oauth::ClaimsRules* rules;  // as `query`, must live as long as the request
    };
    using Verdict = std::expected<std::shared_ptr<const oauth::VerifiedToken>, oauth::Error>;

    // `tokens`: of the worker; so that a kept answer is parsed once.
    Introspection(ngx_http_request_t* request, Questions& questions, oauth::TokenCache& tokens) noexcept
        : Asker(request, questions), tokens_(tokens) {}

    // The next steps. `token` must live as long as the request. Throws std::bad_alloc, ngx::Subrequest::StartFailure.
    Progress start(std::string_view token, const Terms& terms);
    // Only the first half of start(), that asks nobody. False: nothing is kept that says something.
    bool find_kept(std::string_view token, const Terms& terms);
    Progress proceed();

    using Asker::calls;
    using Asker::is_started;
    // When ready. With an error that is not about the token, there is a fault; and with one that is, if the server said
    // it in another way than RFC 7662 has.
    const Verdict& verdict() const noexcept { return *verdict_; }
    const std::optional<Fault>& fault() const noexcept { return fault_; }
    bool is_about_token() const noexcept;
    // Without a verdict about the token: whether the server answered all the same, in a way that another token need not
    // meet. It does not where nothing came, where the server failed (RFC 9110 section 15.6), asks for patience, or does
    // not know us (RFC 7662 section 2.3).
    bool was_answered() const noexcept { return was_answered_; }
    // Nobody was asked: it was in the cache.
    bool was_kept() const noexcept { return content() == nullptr; }
    // What differs in the claims, for the log; see oauth::explain().
    const std::string& explanation() const noexcept { return explanation_; }

private:
    struct Said;

    std::optional<std::string> form() const override;
    std::shared_ptr<const Content> read(const Answer& answer) const override;
    bool recall(std::string_view body) override;
    Progress take(Progress progress);
    std::string mentionable(std::string explanation) const;

    oauth::TokenCache& tokens_;
    std::string_view token_;
    Terms terms_{};
    std::optional<Verdict> verdict_;
    bool was_answered_ = false;
    std::optional<Fault> fault_;
    std::string explanation_;
};

}  // namespace authority
