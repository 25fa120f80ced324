#include "modules/mcp_resource/limits/request_limits.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "mcp/token_identity.h"
#include "modules/mcp_resource/identity.h"
#include "ngx/client_address.h"

namespace mcp_resource {
namespace {

// Whom a rule counts: the parts of a key, after the rule. What kind of name it is stands first, so that no name of one
// kind is one of another. nullopt: the token does not say.
using Counted = std::array<std::string, 3>;
using Space = shared::LimitUse::Space;

constexpr std::string_view by_address = "address";

Counted address_of(const ngx_http_request_t* request) {
    return {std::string(by_address), ngx::client_network(request), ""};
}

std::optional<Counted> counted(mcp::LimitBy by, const ngx_http_request_t* request, const Endpoint& endpoint,
                               const oauth::VerifiedToken* token) {
    if (by == mcp::LimitBy::address || token == nullptr) return address_of(request);
    std::string issuer = issuer_of(*token, endpoint);
    if (by == mcp::LimitBy::issuer) return Counted{"issuer", std::move(issuer), ""};
    if (by == mcp::LimitBy::client) {
        auto client = mcp::client_of(*token);
        if (!client) return std::nullopt;
        return Counted{"client", std::move(issuer), *std::move(client)};
    }
    auto subject = mcp::subject_of(*token);
    if (!subject) return std::nullopt;
    return Counted{subject->claim == mcp::SubjectClaim::sub ? "sub" : "username", std::move(issuer),
                   std::move(subject->text)};
}

}  // namespace

RequestLimits::RequestLimits(ngx_http_request_t* request, const Endpoint& endpoint, const oauth::VerifiedToken* token,
                             std::span<const mcp::Operation> operations, const CountedBefore& counted_before) {
    std::vector<shared::LimitUse> uses;
    uses.reserve(endpoint.resource.policy.limits().size());
    parts_.reserve(endpoint.resource.policy.limits().size());
    for (const mcp::LimitRule& rule : endpoint.resource.policy.limits()) {
        const std::uint32_t units = mcp::cost_of(rule, operations);
        if (units == 0) continue;
        const auto whom = counted(rule.by, request, endpoint, token);
        is_nameless_ = is_nameless_ || !whom;
        if (is_nameless_) return;
        const auto& [kind, issuer, name] = *whom;
        const auto key = base::must_sha256_of({base::bytes(rule.identity), kind, issuer, name});
        parts_.push_back({.rule = &rule, .key = key, .units = units, .result = counted_before(key, units)});
        if (parts_.back().result) continue;
        uses.push_back({.key = key,
                        .rate = &rule.rate,
                        .units = units,
                        .space = kind == by_address ? Space::anybody : Space::known});
    }
    if (!uses.empty()) question_.emplace(request, std::move(uses));
}

RequestLimits::Verdict RequestLimits::ask(MainConf& main) {
    if (is_nameless_) return Verdict::nameless;
    if (!question_) return Verdict::pass;
    const bool counts = main.metrics.is_on();
    if (counts && main.redis && asked_at_ == Clock::time_point()) asked_at_ = Clock::now();
    if (!question_->ask(*main.limiter)) return Verdict::waiting;
    take_answer();
    const Verdict verdict = judge(main);
    if (counts) count(main, verdict);
    return verdict;
}

void RequestLimits::take_answer() noexcept {
    const auto& answer = *question_->answer();
    if (!answer) return;
    auto next = answer->begin();
    for (Part& part : parts_)
        if (!part.result) part.result = *next++;
}

RequestLimits::Verdict RequestLimits::judge(const MainConf& main) const noexcept {
    const auto& answer = *question_->answer();
    // Who makes many requests at once must not get out of the limit thereby.
    const bool passes_without = main.redis && main.redis->on_error == mcp::OnError::allow;
    if (!answer) return passes_without && !answer.error().is_ours ? Verdict::pass : Verdict::unavailable;
    return is_allowed() ? Verdict::pass : Verdict::limited;
}

bool RequestLimits::is_allowed() const noexcept {
    return std::ranges::all_of(parts_, [](const Part& part) { return part.result && part.result->allowed; });
}

void RequestLimits::count(const MainConf& main, Verdict verdict) const noexcept {
    using report::LimitVerdict;
    const bool is_known = question_->answer()->has_value();
    const bool passes = verdict == Verdict::pass;
    auto counters = main.metrics.counters();
    counters.count_limit(is_known ? (passes ? LimitVerdict::pass : LimitVerdict::refuse)
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
    const auto limits = told();
    const auto refuses = [](const mcp::NamedLimit& limit) { return !limit.result.allowed; };
    if (std::ranges::none_of(limits, refuses)) return std::nullopt;
    return std::chrono::seconds(mcp::retry_after_seconds(limits));
}

bool RequestLimits::never_passes() const noexcept {
    return std::ranges::any_of(parts_, [](const Part& part) {
        return part.result && part.result->retry_after == std::chrono::microseconds::max();
    });
}

const mcp::LimitRule* RequestLimits::refusing() const {
    const auto limits = told();
    const mcp::NamedLimit* tightest = mcp::tightest_limit(limits);
    if (tightest == nullptr || tightest->result.allowed) return nullptr;
    return parts_[static_cast<std::size_t>(tightest - limits.data())].rule;
}

std::vector<mcp::NamedLimit> RequestLimits::told() const {
    std::vector<mcp::NamedLimit> told;
    told.reserve(parts_.size());
    for (const Part& part : parts_) {
        if (!part.result) return {};
        told.push_back({.name = part.rule->name, .rate = &part.rule->rate, .result = *part.result});
    }
    return told;
}

std::optional<mcp::LimitResult> RequestLimits::result_for(const base::Sha256& key, std::uint32_t units) const noexcept {
    if (!is_allowed()) return std::nullopt;
    const auto found =
        std::ranges::find_if(parts_, [&](const Part& part) { return part.key == key && part.units >= units; });
    return found != parts_.end() ? found->result : std::nullopt;
}

std::string_view RequestLimits::fault() const noexcept {
    const auto* answer = question_ ? question_->answer() : nullptr;
    return answer != nullptr && !*answer ? std::string_view(answer->error().text) : std::string_view();
}

}  // namespace mcp_resource
