#include "modules/mcp_resource/limits/request_limits.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "mcp/token_identity.h"
#include "modules/mcp_resource/identity.h"
#include "ngx/client_address.h"
#include "ngx/pool.h"

namespace mcp_resource {
namespace {

using Space = shared::LimitUse::Space;

// Whom a rule counts: the parts of a key, after the rule. What kind of name it is stands first, so that no name of one
// kind is one of another.
using Counted = std::array<std::string, 3>;

base::Sha256 key_of(const mcp::LimitRule& rule, const Counted& whom) {
    return base::must_sha256_of({base::bytes(rule.identity), whom[0], whom[1], whom[2]});
}

// nullopt: the token does not say.
std::optional<Counted> counted(mcp::LimitBy by, const Endpoint& endpoint, const oauth::VerifiedToken& token) {
    std::string issuer = issuer_of(token, endpoint);
    if (by == mcp::LimitBy::issuer) return Counted{"issuer", std::move(issuer), ""};
    if (by == mcp::LimitBy::client) {
        auto client = mcp::client_of(token);
        if (!client) return std::nullopt;
        return Counted{"client", std::move(issuer), *std::move(client)};
    }
    auto subject = mcp::subject_of(token);
    if (!subject) return std::nullopt;
    return Counted{subject->claim == mcp::SubjectClaim::sub ? "sub" : "username", std::move(issuer),
                   std::move(subject->text)};
}

// By which the caller is counted; nullopt as above. A rule belongs to one endpoint: see KnownLimitKeys.
std::optional<base::Sha256> key_of_caller(const mcp::LimitRule& rule, const Endpoint& endpoint,
                                          const mcp::KnownLimitKeys::Token& token, mcp::KnownLimitKeys& known) {
    if (const base::Sha256* key = known.find(token, rule)) return *key;
    const auto whom = counted(rule.by, endpoint, *token);
    if (!whom) return std::nullopt;
    const auto key = key_of(rule, *whom);
    known.keep(token, rule, key);
    return key;
}

// One for all resources, and for one person.
shared::LimitQuestion::Caller caller_of(const ngx_http_request_t* request, const Endpoint& endpoint,
                                        const mcp::KnownLimitKeys::Token& token, mcp::KnownLimitKeys& known) {
    if (token != nullptr)
        if (const auto key = key_of_caller(endpoint.waiting, endpoint, token, known))
            return {.key = *key, .space = Space::known};
    return {.key = key_of(endpoint.waiting, {"address", ngx::client_network(request), ""}), .space = Space::anybody};
}

}  // namespace

RequestLimits::RequestLimits(ngx_http_request_t* request, const Endpoint& endpoint,
                             const mcp::KnownLimitKeys::Token& token, std::span<const mcp::Operation> operations,
                             const CountedBefore& counted_before) {
    const auto& rules = endpoint.resource.policy.limits();
    MainConf& main = main_conf(request);
    limits_ = ngx::make_array<mcp::ToldLimit>(request->pool, rules.size());
    uses_ = ngx::make_array<shared::LimitUse>(request->pool, rules.size());
    std::size_t limits = 0, uses = 0;
    for (const mcp::LimitRule& rule : rules) {
        const std::uint32_t units = mcp::cost_of(rule, operations);
        if (units == 0) continue;
        const bool is_by_address = rule.by == mcp::LimitBy::address || token == nullptr;
        const auto key = is_by_address ? key_of(rule, {"address", ngx::client_network(request), ""})
                                       : key_of_caller(rule, endpoint, token, main.worker.limit_keys);
        is_nameless_ = !key;
        if (is_nameless_) break;
        const mcp::LimitResult* result = counted_before(*key, units);
        if (result == nullptr) {
            shared::LimitUse& use = uses_[uses++];
            use = {.key = *key,
                   .rate = &rule.rate,
                   .units = units,
                   .space = is_by_address ? Space::anybody : Space::known};
            result = &use.result;
        }
        limits_[limits++] = {.rule = &rule, .result = result};
    }
    limits_ = limits_.first(limits);
    uses_ = uses_.first(uses);
    if (uses_.empty() || is_nameless_) return;
    using Caller = shared::LimitQuestion::Caller;
    const bool may_wait = main.redis.has_value();
    question_.emplace(request, uses_,
                      may_wait ? caller_of(request, endpoint, token, main.worker.limit_keys) : Caller());
}

RequestLimits::Verdict RequestLimits::ask(MainConf& main) {
    if (is_nameless_) return Verdict::nameless;
    if (!question_) return Verdict::pass;
    const bool counts = main.metrics.is_on();
    if (counts && main.redis && asked_at_ == Clock::time_point()) asked_at_ = Clock::now();
    if (!question_->ask(*main.limiter)) return Verdict::waiting;
    const Verdict verdict = judge(main);
    if (counts) count(main, verdict);
    return verdict;
}

RequestLimits::Verdict RequestLimits::judge(const MainConf& main) const noexcept {
    const auto& answer = *question_->answer();
    // Who makes many requests at once must not get out of the limit thereby.
    const bool passes_without = main.redis && main.redis->on_error == mcp::OnError::allow;
    if (!answer) return passes_without && !answer.error().is_ours ? Verdict::pass : Verdict::unavailable;
    return mcp::all_pass(limits_) ? Verdict::pass : Verdict::limited;
}

bool RequestLimits::is_known() const noexcept {
    if (!question_) return !is_nameless_;
    return question_->answer() != nullptr && question_->answer()->has_value();
}

void RequestLimits::count(const MainConf& main, Verdict verdict) const noexcept {
    using report::LimitVerdict;
    const bool passes = verdict == Verdict::pass;
    auto counters = main.metrics.counters();
    counters.count_limit(is_known() ? (passes ? LimitVerdict::pass : LimitVerdict::refuse)
                                    : (passes ? LimitVerdict::unknown_pass : LimitVerdict::unknown_refuse));
    if (main.redis)
        counters.count_limit_wait(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - asked_at_));
}

std::optional<mcp::TransportError> RequestLimits::reason(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::limited:
            return mcp::TransportError::rate_limited;
        case Verdict::nameless:
            return mcp::TransportError::limit_caller_missing;
        case Verdict::unavailable:
            return mcp::TransportError::limits_unavailable;
        case Verdict::pass:
        case Verdict::waiting:
            return std::nullopt;
    }
    return mcp::TransportError::limits_unavailable;
}

std::optional<std::chrono::seconds> RequestLimits::retry_after() const {
    if (mcp::all_pass(told())) return std::nullopt;
    return std::chrono::seconds(mcp::retry_after_seconds(told()));
}

bool RequestLimits::never_passes() const noexcept {
    return std::ranges::any_of(told(), [](const mcp::ToldLimit& limit) {
        return limit.result->retry_after == std::chrono::microseconds::max();
    });
}

const mcp::LimitRule* RequestLimits::refusing() const {
    const mcp::ToldLimit* tightest = mcp::tightest_limit(told());
    return tightest != nullptr && !tightest->result->allowed ? tightest->rule : nullptr;
}

std::span<const mcp::ToldLimit> RequestLimits::told() const noexcept {
    return is_known() ? limits_ : std::span<const mcp::ToldLimit>();
}

const mcp::LimitResult* RequestLimits::result_for(const base::Sha256& key, std::uint32_t units) const noexcept {
    if (!is_known() || !mcp::all_pass(limits_)) return nullptr;
    const auto found =
        std::ranges::find_if(uses_, [&](const shared::LimitUse& use) { return use.key == key && use.units >= units; });
    return found != uses_.end() ? &found->result : nullptr;
}

std::string_view RequestLimits::fault() const noexcept {
    const auto* answer = question_ ? question_->answer() : nullptr;
    return answer != nullptr && !*answer ? std::string_view(answer->error().text) : std::string_view();
}

}  // namespace mcp_resource
