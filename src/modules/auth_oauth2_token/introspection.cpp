#include "modules/auth_oauth2_token/introspection.h"

#include "modules/auth_oauth2_token/answer_key.h"
#include "ngx/config.h"

namespace auth_oauth2_token {

using oauth::Error;

std::expected<authority::Progress, Refusal> Introspection::proceed(std::string_view token,
                                                                   const Introspection* earlier) {
    if (verdict_) return result();
    return asked_.is_started() ? take(asked_.proceed()) : begin(token, earlier);
}

std::expected<authority::Progress, Refusal> Introspection::begin(std::string_view token, const Introspection* earlier) {
    if (!conf_.introspect_endpoint) return std::unexpected(Refusal{Error::internal, "no endpoint is set"});
    endpoint_ = ngx::evaluate(request_, *conf_.introspect_endpoint->uri);
    // About the same request, and so the same token: only another location may ask somebody else, or more often.
    const bool is_same = earlier != nullptr && earlier->endpoint_ == endpoint_ &&
                         earlier->conf_.introspect_cache == conf_.introspect_cache;
    if (is_same && earlier->verdict_) {
        verdict_ = earlier->verdict_;
        explanation_ = earlier->explanation_;
        return result();
    }

    const CacheSetting cache = conf_.introspect_cache.value_or(CacheSetting());
    authority::Introspection::Terms terms{
        .query = query_to(request_, main_, conf_, *conf_.introspect_endpoint, endpoint_, conf_.introspect_cache),
        .keep_for = {.active = cache.max_ttl, .inactive = cache.negative_ttl},
        .rules = &conf_.rules,
    };
    const auto who = answerer(request_, main_, endpoint_, conf_.introspect_cache);
    terms.query.key = base::must_sha256_of({"introspection", base::bytes(who), token});
    return take(asked_.start(token, terms));
}

std::expected<authority::Progress, Refusal> Introspection::take(authority::Progress progress) {
    if (progress == authority::Progress::waiting) return progress;
    explanation_ = asked_.explanation();
    if (asked_.is_about_token()) verdict_ = asked_.verdict();
    if (const auto& fault = asked_.fault()) {
        const std::string_view separator = explanation_.empty() || fault->detail.empty() ? "" : ", ";
        return std::unexpected(Refusal{.error = asked_.verdict().error(),
                                       .detail = explanation_ + std::string(separator) + fault->detail,
                                       .retry_after = fault->retry_after});
    }
    return result();
}

// A server may call every token inactive that it does not want to tell this client about.
std::string Introspection::description() const {
    if (endpoint_.empty()) return {};
    std::string text = ", asked " + ngx::url_in_quotes(endpoint_);
    if (main_.client_id) text += " as client " + ngx::in_quotes(*main_.client_id);
    return text;
}

std::expected<authority::Progress, Refusal> Introspection::result() const {
    if (!*verdict_) return std::unexpected(Refusal{.error = verdict_->error(), .detail = explanation_});
    return authority::Progress::ready;
}

}  // namespace auth_oauth2_token
