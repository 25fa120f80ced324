#include "modules/auth_oauth2_token/exchange.h"

#include "modules/auth_oauth2_token/answer_key.h"
#include "ngx/config.h"

namespace auth_oauth2_token {

using oauth::Error;

namespace {

std::string_view evaluate(ngx_http_request_t* request, const std::optional<ngx_http_complex_value_t*>& value) {
    return value ? ngx::evaluate(request, **value) : std::string_view();
}

}  // namespace

std::expected<authority::Progress, Refusal> Exchange::proceed(std::string_view token, const Exchange* earlier) {
    if (issued_ != nullptr) return authority::Progress::ready;
    return asked_.is_started() ? take(asked_.proceed()) : begin(token, earlier);
}

std::expected<authority::Progress, Refusal> Exchange::begin(std::string_view token, const Exchange* earlier) {
    if (!conf_.token_endpoint) return std::unexpected(Refusal{Error::internal, "no token endpoint is set"});
    endpoint_ = ngx::evaluate(request_, *conf_.token_endpoint->uri);
    audience_ = evaluate(request_, conf_.audience);
    scope_ = evaluate(request_, conf_.scope);
    // Of the same request, and so for the same token.
    const bool is_same = earlier != nullptr && earlier->endpoint_ == endpoint_ && earlier->audience_ == audience_ &&
                         earlier->scope_ == scope_ && earlier->conf_.exchange_cache == conf_.exchange_cache;
    if (is_same) issued_ = earlier->issued_;
    if (issued_ != nullptr) return authority::Progress::ready;

    authority::Exchange::Terms terms{
        .query = query_to(request_, main_, conf_, *conf_.token_endpoint, endpoint_, conf_.exchange_cache),
        .audience = audience_,
        .scope = scope_,
        .keep_for = conf_.exchange_cache.value_or(CacheSetting()).max_ttl,
    };
    const auto who = answerer(request_, main_, endpoint_, conf_.exchange_cache);
    terms.query.key = base::must_sha256_of({"exchange", base::bytes(who), token, audience_, scope_});
    return take(asked_.start(token, terms));
}

std::expected<authority::Progress, Refusal> Exchange::take(authority::Progress progress) {
    if (progress == authority::Progress::waiting) return progress;
    const auto& result = asked_.result();
    if (!result)
        return std::unexpected(Refusal{
            .error = result.error(), .detail = asked_.fault().detail, .retry_after = asked_.fault().retry_after});
    issued_ = *result;
    return progress;
}

}  // namespace auth_oauth2_token
