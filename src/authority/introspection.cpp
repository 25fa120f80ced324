#include "authority/introspection.h"

#include <array>
#include <utility>

#include "oauth/error_answer.h"
#include "oauth/introspection/cached_response.h"
#include "oauth/introspection/request.h"

namespace authority {
namespace {

using oauth::Error;
using oauth::introspection::Response;

bool is_about_the_token(Error error) noexcept {
    return oauth::describe(error).http_status == NGX_HTTP_UNAUTHORIZED;
}

bool answers_to_this_token(const Answer& answer) noexcept {
    if (answer.status == 0)
        return answer.error == Error::document_too_large || answer.error == Error::answer_compressed;
    return answer.status < 500 && answer.status != NGX_HTTP_UNAUTHORIZED && answer.status != NGX_HTTP_TOO_MANY_REQUESTS;
}

}  // namespace

struct Introspection::Said : Content {
    std::expected<Response, Error> response = std::unexpected(Error::internal);
    std::optional<Fault> fault;
    bool was_answered = false;

    Verdict verdict(const oauth::ClaimsRules& rules) const {
        return response ? response->check(rules, ngx_time()) : std::unexpected(response.error());
    }
};

bool Introspection::is_about_token() const noexcept {
    return *verdict_ || is_about_the_token(verdict_->error());
}

Progress Introspection::start(std::string_view token, const Terms& terms) {
    token_ = token;
    terms_ = terms;
    return take(Asker::start(terms.query));
}

bool Introspection::find_kept(std::string_view token, const Terms& terms) {
    token_ = token;
    terms_ = terms;
    return Asker::find_kept(terms.query);
}

Progress Introspection::proceed() {
    return verdict_ ? Progress::ready : take(Asker::proceed());
}

// A kept answer is checked as if it had just come. One that has expired since then is no answer any more.
bool Introspection::recall(std::string_view body) {
    auto kept = oauth::introspection::check_cached(tokens_, terms_.query.key, body, *terms_.rules, ngx_time());
    const Verdict& verdict = kept.token;
    if (!verdict && (!is_about_the_token(verdict.error()) || verdict.error() == Error::expired)) return false;
    verdict_ = std::move(kept.token);
    explanation_ = mentionable(std::move(kept.explanation));
    return true;
}

// A server may put what it was sent into any member of its answer.
std::string Introspection::mentionable(std::string explanation) const {
    const auto [secret, basic] = terms_.query.client->secrets();
    const std::array<std::string_view, 3> sent = {token_, secret, basic};
    if (oauth::repeats(explanation, sent)) explanation = "the answer repeats what was sent to the server";
    return explanation;
}

std::optional<std::string> Introspection::form() const {
    return oauth::introspection::request_form(token_);
}

std::shared_ptr<const Content> Introspection::read(const Answer& answer) const {
    auto said = std::make_shared<Said>();
    said->was_answered = answers_to_this_token(answer);
    auto error = answer.error;
    if (!error) error = oauth::introspection::refusal(answer.view());
    if (error) {  // not kept, even if it is about the token: see refusal()
        said->response = std::unexpected(*error);
        said->fault = fault_of(answer, token_);
        said->is_failure = !is_about_the_token(*error);
    } else {
        said->response = Response::parse(answer.body);
        said->keep_for = time_to_keep(said->response, terms_.keep_for, ngx_time());
        const auto verdict = said->verdict(*terms_.rules);
        // Also a good token of somebody else: it must not push out those that are good here.
        said->is_negative = !verdict;
        said->is_failure = !verdict && !is_about_the_token(verdict.error());
        if (said->is_failure) said->fault = fault_of(answer, token_);
    }
    return said;
}

Progress Introspection::take(Progress progress) {
    if (progress == Progress::waiting || verdict_) return progress;
    const auto& said = static_cast<const Said&>(*content());
    verdict_ = said.verdict(*terms_.rules);
    if (*verdict_) return progress;
    was_answered_ = said.was_answered;
    if (said.response) explanation_ = mentionable(said.response->explain(verdict_->error(), *terms_.rules, ngx_time()));
    fault_ = said.fault;
    if (!is_about_token() && !fault_) fault_.emplace();  // other rules than the reader's met a claim that is none
    return progress;
}

}  // namespace authority
