// The token of a request: who can say whether it is good, and what it says.
#include <algorithm>
#include <utility>

#include "modules/mcp_resource/request_state.h"
#include "ngx/clock.h"
#include "oauth/explanation.h"
#include "oauth/jwt/cached_verifier.h"
#include "oauth/jwt/compact_jws.h"

namespace mcp_resource {

using oauth::jwt::Verifier;

namespace {

// The issuer whose keys may verify this token. The token is not verified yet: its word only chooses among the issuers
// that the operator listed, and the chosen one's rules compare "iss" again after verification.
const Issuer* choose_issuer(const std::vector<Issuer>& issuers, std::string_view token) {
    if (issuers.size() == 1) return &issuers.front();
    const auto named = oauth::jwt::unverified_issuer(token);
    if (!named) return nullptr;
    const auto accepts = [&](const Issuer& issuer) {
        return std::ranges::find(issuer.rules.claims.accepted_issuers, *named) !=
               issuer.rules.claims.accepted_issuers.end();
    };
    const auto found = std::ranges::find_if(issuers, accepts);
    return found == issuers.end() ? nullptr : &*found;
}

}  // namespace

// Null: its signature says whether it is good.
const Introspection* RequestState::introspection_of(std::string_view token) const noexcept {
    const auto& introspection = endpoint_.introspection;
    const bool is_opaque = introspection && (endpoint_.issuers.empty() || !oauth::jwt::is_compact_jws(token));
    return is_opaque ? &*introspection : nullptr;
}

// Whether it is known to be good: then nothing more needs to be verified.
bool RequestState::recall(std::string_view token) {
    if (const auto* introspection = introspection_of(token)) {
        introspection_.emplace(request_, worker_.questions, worker_.tokens);
        if (!introspection_->find_kept(token, introspection->client->terms(token, introspection->rules))) {
            introspection_.reset();
        } else if (introspection_->verdict()) {
            introspect(*introspection, token);
        }
    } else if (const Issuer* issuer = choose_issuer(endpoint_.issuers, token)) {
        if (const auto keys = issuer->keys->current()) {
            const auto* set = keys->get();
            token_ = oauth::jwt::find_verified(worker_.tokens, token, {&set, 1}, issuer->rules, ngx_time());
        }
    }
    return token_ != nullptr;
}

// What the authorization server is asked once, whoever waits for it or leaves.
std::optional<base::Sha256> RequestState::shared_question(std::string_view token) const {
    const auto* introspection = introspection_of(token);
    if (introspection == nullptr) return std::nullopt;
    return introspection->client->terms(token, introspection->rules).query.key;
}

authority::Progress RequestState::verify(std::string_view token) {
    const auto* introspection = introspection_of(token);
    const auto progress = introspection != nullptr ? introspect(*introspection, token) : verify_signature(token);
    if (progress == authority::Progress::ready) judge_guess();
    return progress;
}

// A token that is good at one of the locations that nginx leads the request through is no guess at any. Nor is one of
// which nobody could say anything: unless its signature was verified, or a server answered to it.
void RequestState::judge_guess() noexcept {
    if (guess_) guess_->settle();
    RequestState* guessing = who_guesses();
    const bool was_none = token_ != nullptr || (guessing == this && !is_token_refused() && !was_shown_in_vain_);
    if (was_none && guessing != nullptr) guessing->guess_->take_back();
}

authority::Progress RequestState::verify_signature(std::string_view token) {
    const Issuer* issuer = choose_issuer(endpoint_.issuers, token);
    if (issuer == nullptr) return refuse_issuer(token);
    if (key_wait_) key_wait_->end();
    if (is_waiting_) end_wait(issuer->keys->calls_since(waits_.back().begin));
    const auto keys = issuer->keys->current();
    auto error = keys ? oauth::Error::internal : keys.error();
    const auto* set = keys ? keys->get() : nullptr;
    if (keys) {
        auto verified = oauth::jwt::verify_cached(worker_.tokens, token, {&set, 1}, issuer->rules, ngx_time());
        if (verified) {
            token_ = *std::move(verified);
            return authority::Progress::ready;
        }
        error = verified.error();
        was_shown_in_vain_ = was_shown_in_vain_ || Verifier::has_verified(error);
    }
    if (!keys || Verifier::depends_on_keys(error)) {
        // Nobody waits, or is asked for keys, on account of a token that no key could help.
        if (const auto hopeless = Verifier::hopeless(token, issuer->rules, ngx_time()))
            return refuse_token(*hopeless, token, set, issuer->rules);
        if (!key_wait_) key_wait_.emplace(request_, worker_.questions, worker_.doubtful);
        const auto refusal = key_wait_->begin(*issuer->keys, token, error);
        if (!refusal) {
            begin_wait(authority::Requested::keys);
            return authority::Progress::waiting;
        }
        error = *refusal;
    }
    return refuse_token(error, token, set, issuer->rules);
}

authority::Progress RequestState::refuse_token(oauth::Error error, std::string_view token,
                                               const oauth::jwt::JwkSet* keys,
                                               const oauth::jwt::VerificationRules& rules) {
    token_error_ = error;
    if (oauth::describe(error).http_status == NGX_HTTP_UNAUTHORIZED)
        explanation_ = oauth::explain(error, token, {&keys, keys != nullptr ? 1U : 0U}, rules, ngx_time());
    return authority::Progress::ready;
}

// Of several issuers none is named, perhaps since the token cannot be read.
authority::Progress RequestState::refuse_issuer(std::string_view token) {
    const auto& rules = endpoint_.rules_of_all;
    const auto hopeless = Verifier::hopeless(token, rules, ngx_time());
    return refuse_token(hopeless.value_or(oauth::Error::issuer_not_accepted), token, nullptr, rules);
}

authority::Progress RequestState::introspect(const Introspection& introspection, std::string_view token) {
    if (!introspection_) introspection_.emplace(request_, worker_.questions, worker_.tokens);
    const auto progress = introspection_->is_started()
                              ? introspection_->proceed()
                              : introspection_->start(token, introspection.client->terms(token, introspection.rules));
    if (is_waiting_) end_wait(introspection_->calls());
    if (progress == authority::Progress::waiting) {
        begin_wait(authority::Requested::introspection);
        return authority::Progress::waiting;
    }
    count(*introspection_);
    take_verdict(*introspection_);
    introspection_.reset();
    return authority::Progress::ready;
}

// A kept result may say anything: what matters is that nobody was asked.
void RequestState::count(const authority::Introspection& introspection) const noexcept {
    using report::IntrospectionResult;
    const SharedMetrics& metrics = main_conf(request_).metrics;
    if (!metrics.is_on()) return;
    const bool is_active = introspection.verdict().has_value();
    const bool is_inactive = !is_active && introspection.is_about_token();
    metrics.counters().count_introspection(introspection.was_kept() ? IntrospectionResult::kept
                                           : is_active              ? IntrospectionResult::active
                                           : is_inactive            ? IntrospectionResult::inactive
                                                                    : IntrospectionResult::error);
}

void RequestState::take_verdict(const authority::Introspection& introspection) {
    if (const auto& verdict = introspection.verdict()) {
        token_ = *verdict;
    } else {
        token_error_ = verdict.error();
        explanation_ = introspection.explanation();
        was_shown_in_vain_ = introspection.was_answered();
    }
    if (!introspection.fault()) return;
    fault_detail_ = introspection.fault()->detail;
    retry_after_ = introspection.fault()->retry_after;
}

}  // namespace mcp_resource
