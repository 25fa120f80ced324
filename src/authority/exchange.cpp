#include "authority/exchange.h"

#include <algorithm>
#include <utility>

#include "oauth/exchange/request.h"

namespace authority {
namespace {

using oauth::Error;
using oauth::exchange::IssuedToken;

Exchange::Result shared(std::expected<IssuedToken, Error> issued) {
    if (!issued) return std::unexpected(issued.error());
    return std::make_shared<const IssuedToken>(*std::move(issued));
}

Exchange::Result read_whole(const Answer& answer, std::string_view subject_token) {
    auto error = answer.error;
    if (!error) error = oauth::exchange::refusal(answer.view());
    if (error) return std::unexpected(*error);
    return shared(oauth::exchange::read_response(answer.body, subject_token));
}

}  // namespace

struct Exchange::Said : Content {
    Result result = std::unexpected(Error::internal);
    Fault fault;
};

Progress Exchange::start(std::string_view token, const Terms& terms) {
    token_ = token;
    terms_ = terms;
    return take(Asker::start(terms.query));
}

Progress Exchange::proceed() {
    return result_ ? Progress::ready : take(Asker::proceed());
}

bool Exchange::recall(std::string_view body) {
    Result result = shared(oauth::exchange::read_response(body, token_));
    if (!result) return false;
    result_ = std::move(result);
    return true;
}

std::optional<std::string> Exchange::form() const {
    return oauth::exchange::request_form(token_, terms_.audience, terms_.scope);
}

std::shared_ptr<const Content> Exchange::read(const Answer& answer) const {
    auto said = std::make_shared<Said>();
    said->result = read_whole(answer, token_);
    if (!said->result) said->fault = fault_of(answer, token_);
    if (said->result) said->keep_for = std::min(terms_.keep_for, (*said->result)->expires_in.value_or(terms_.keep_for));
    return said;
}

Progress Exchange::take(Progress progress) {
    if (progress == Progress::waiting || result_) return progress;
    const auto& said = static_cast<const Said&>(*content());
    result_ = said.result;
    fault_ = said.fault;
    return progress;
}

}  // namespace authority
