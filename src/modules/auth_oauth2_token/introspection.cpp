#include "modules/auth_oauth2_token/introspection.h"

#include <utility>

#include "modules/auth_oauth2_token/answer_key.h"
#include "ngx/config.h"
#include "ngx/string.h"
#include "oauth/introspection/request.h"

namespace auth_oauth2_token {

using oauth::Error;
using oauth::introspection::Response;

namespace {

bool is_about_the_token(Error error) noexcept {
    return oauth::describe(error).http_status == NGX_HTTP_UNAUTHORIZED;
}

}  // namespace

std::expected<authority::Progress, Refusal> Introspection::proceed(std::string_view token,
                                                                   const Introspection* earlier) {
    if (verdict_) return result();
    if (!inquiry_.is_started()) return begin(token, earlier);
    return inquiry_.proceed() == authority::Progress::waiting ? authority::Progress::waiting : take(inquiry_.answer());
}

std::expected<authority::Progress, Refusal> Introspection::begin(std::string_view token, const Introspection* earlier) {
    if (!conf_.introspect_endpoint) return std::unexpected(Refusal{Error::internal, "no endpoint is set"});
    endpoint_ = ngx::evaluate(request_, *conf_.introspect_endpoint->uri);
    // About the same request, and so the same token: only another location may ask somebody else, or more often.
    const bool is_same = earlier != nullptr && earlier->endpoint_ == endpoint_ &&
                         earlier->conf_.introspect_cache == conf_.introspect_cache;
    if (is_same) verdict_ = earlier->verdict_;
    if (verdict_) return result();
    const auto who = answerer(request_, worker_, endpoint_, conf_.introspect_cache);
    key_ = base::must_sha256_of({"introspection", base::bytes(who), token});
    if (look_up()) return result();
    return ask(token);
}

// A cached answer counts as if it had just come. One that has expired since then is no answer any more.
bool Introspection::look_up() {
    if (!conf_.introspect_cache || !conf_.introspect_cache->is_on()) return false;
    const auto hit = conf_.introspect_cache->zone->lookup(*key_, request_->connection->log);
    if (!hit) return false;
    const auto verdict = judge(Response::parse(hit->bytes));
    if (verdict || (is_about_the_token(verdict.error()) && verdict.error() != Error::expired)) verdict_ = verdict;
    return verdict_.has_value();
}

std::expected<authority::Progress, Refusal> Introspection::ask(std::string_view token) {
    const ngx_str_t form = ngx::copy(request_->pool, oauth::introspection::request_form(token));
    const authority::Inquiry::Question question{
        .key = *key_,
        .to = destination(conf_, *conf_.introspect_endpoint, endpoint_),
        .max_answer_bytes = Response::max_bytes,
        .form = ngx::Form{.body = ngx::view(form), .authorization = worker_.authorization.reveal()},
    };
    if (inquiry_.start(question) == authority::Progress::waiting) return authority::Progress::waiting;
    return take(inquiry_.answer());
}

std::expected<authority::Progress, Refusal> Introspection::take(const authority::Answer& answer) {
    auto error = trouble_of(answer);
    if (!error) error = oauth::introspection::refusal(answer.view());
    if (error) return settle(answer, std::unexpected(*error));
    const auto response = Response::parse(answer.body);
    auto result = settle(answer, judge(response));
    if (verdict_) keep(response, answer.body);
    return result;
}

Introspection::Verdict Introspection::judge(const std::expected<Response, Error>& response) const {
    return response ? response->check(conf_.rules, ngx_time()) : std::unexpected(response.error());
}

std::expected<authority::Progress, Refusal> Introspection::settle(const authority::Answer& answer, Verdict verdict) {
    if (!verdict && !is_about_the_token(verdict.error()))
        return std::unexpected(refusal_of(answer, verdict.error(), endpoint_));
    verdict_ = std::move(verdict);
    return result();
}

void Introspection::keep(const std::expected<Response, Error>& response, std::string_view body) const {
    if (!conf_.introspect_cache || !conf_.introspect_cache->is_on()) return;
    const oauth::introspection::KeepFor limits{.active = conf_.introspect_cache->max_ttl,
                                               .inactive = conf_.introspect_cache->negative_ttl};
    const auto ttl = oauth::introspection::time_to_keep(response, limits, ngx_time());
    if (ttl.count() > 0) conf_.introspect_cache->zone->store(*key_, body, ttl, request_->connection->log);
}

std::expected<authority::Progress, Refusal> Introspection::result() const {
    if (!*verdict_) return std::unexpected(Refusal{verdict_->error()});
    return authority::Progress::ready;
}

}  // namespace auth_oauth2_token
