#include "authority/introspection.h"

#include <utility>

#include "oauth/introspection/cached_response.h"
#include "oauth/introspection/request.h"

namespace authority {
namespace {

using oauth::Error;
using oauth::introspection::Response;

bool is_about_the_token(Error error) noexcept {
    return oauth::describe(error).http_status == NGX_HTTP_UNAUTHORIZED;
}

}  // namespace

struct Introspection::Said : Content {
    std::expected<Response, Error> response = std::unexpected(Error::internal);
    Fault fault;
};

Progress Introspection::start(std::string_view token, const Terms& terms) {
    token_ = token;
    terms_ = terms;
    return take(Asker::start(terms.query));
}

Progress Introspection::proceed() {
    return verdict_ ? Progress::ready : take(Asker::proceed());
}

// A kept answer is checked as if it had just come. One that has expired since then is no answer any more.
bool Introspection::recall(std::string_view body) {
    Verdict verdict = oauth::introspection::check_cached(tokens_, terms_.query.key, body, *terms_.rules, ngx_time());
    if (!verdict && (!is_about_the_token(verdict.error()) || verdict.error() == Error::expired)) return false;
    verdict_ = std::move(verdict);
    return true;
}

std::optional<std::string> Introspection::form() const {
    return oauth::introspection::request_form(token_);
}

std::shared_ptr<const Content> Introspection::read(const Answer& answer) const {
    auto said = std::make_shared<Said>();
    auto error = answer.error;
    if (!error) error = oauth::introspection::refusal(answer.view());
    if (error) {
        said->response = std::unexpected(*error);
    } else {
        said->response = Response::parse(answer.body);
        said->keep_for = time_to_keep(said->response, terms_.keep_for, ngx_time());
        // Also a good token of somebody else: it must not push out those that are good here.
        said->is_negative = !said->response || !said->response->check(*terms_.rules, ngx_time());
    }
    said->fault = fault_of(answer, terms_.query.endpoint);
    return said;
}

Progress Introspection::take(Progress progress) {
    if (progress == Progress::waiting || verdict_) return progress;
    const auto& said = static_cast<const Said&>(*content());
    verdict_ = said.response ? said.response->check(*terms_.rules, ngx_time()) : std::unexpected(said.response.error());
    if (!*verdict_ && !is_about_the_token(verdict_->error())) fault_ = said.fault;
    return progress;
}

}  // namespace authority
