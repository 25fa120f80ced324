#include "modules/auth_oauth2_token/exchange.h"

#include <algorithm>

#include "modules/auth_oauth2_token/answer_key.h"
#include "ngx/config.h"
#include "ngx/string.h"
#include "oauth/exchange/request.h"

namespace auth_oauth2_token {

using oauth::Error;

namespace {

constexpr std::size_t max_answer_bytes = std::size_t{64} * 1024;

std::string_view evaluate(ngx_http_request_t* request, const std::optional<ngx_http_complex_value_t*>& value) {
    return value ? ngx::evaluate(request, **value) : std::string_view();
}

}  // namespace

std::expected<authority::Progress, Refusal> Exchange::proceed(std::string_view token, const Exchange* earlier) {
    if (issued_) return authority::Progress::ready;
    if (!inquiry_.is_started()) return begin(token, earlier);
    return inquiry_.proceed() == authority::Progress::waiting ? authority::Progress::waiting
                                                              : take(inquiry_.answer(), token);
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
    if (issued_) return authority::Progress::ready;
    const auto who = answerer(request_, worker_, endpoint_, conf_.exchange_cache);
    key_ = base::must_sha256_of({"exchange", base::bytes(who), token, audience_, scope_});
    if (look_up(token)) return authority::Progress::ready;
    return ask(token);
}

bool Exchange::look_up(std::string_view token) {
    if (!conf_.exchange_cache || !conf_.exchange_cache->is_on()) return false;
    const auto hit = conf_.exchange_cache->zone->lookup(*key_, request_->connection->log);
    if (!hit) return false;
    auto issued = oauth::exchange::read_response(hit->bytes, token);
    if (issued) issued_ = *std::move(issued);
    return issued_.has_value();
}

std::expected<authority::Progress, Refusal> Exchange::ask(std::string_view token) {
    const ngx_str_t form = ngx::copy(request_->pool, oauth::exchange::request_form(token, audience_, scope_));
    const authority::Inquiry::Question question{
        .key = *key_,
        .to = destination(conf_, *conf_.token_endpoint, endpoint_),
        .max_answer_bytes = max_answer_bytes,
        .form = ngx::Form{.body = ngx::view(form), .authorization = worker_.authorization.reveal()},
    };
    if (inquiry_.start(question) == authority::Progress::waiting) return authority::Progress::waiting;
    return take(inquiry_.answer(), token);
}

std::expected<authority::Progress, Refusal> Exchange::take(const authority::Answer& answer, std::string_view token) {
    auto error = trouble_of(answer);
    if (!error) error = oauth::exchange::refusal(answer.view());
    if (!error) {
        auto issued = oauth::exchange::read_response(answer.body, token);
        if (issued) {
            issued_ = *std::move(issued);
        } else {
            error = issued.error();
        }
    }
    if (error) return std::unexpected(refusal_of(answer, *error, endpoint_));
    keep(answer.body);
    return authority::Progress::ready;
}

void Exchange::keep(std::string_view body) const {
    if (!conf_.exchange_cache || !conf_.exchange_cache->is_on()) return;
    auto ttl = conf_.exchange_cache->max_ttl;
    if (issued_->expires_in) ttl = std::min(ttl, *issued_->expires_in);
    conf_.exchange_cache->zone->store(*key_, body, ttl, request_->connection->log);
}

}  // namespace auth_oauth2_token
