#include "modules/mcp_resource/request_state.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "boundary/refusal.h"
#include "boundary/refusal_headers.h"
#include "mcp/body_encoding.h"
#include "mcp/challenge.h"
#include "mcp/request_path.h"
#include "modules/mcp_resource/limits/refusals.h"
#include "modules/mcp_resource/record/audit_files.h"
#include "modules/mcp_resource/response.h"
#include "ngx/client_address.h"
#include "ngx/clock.h"
#include "ngx/config.h"
#include "ngx/location.h"
#include "ngx/log.h"
#include "ngx/pool.h"
#include "oauth/explanation.h"

namespace mcp_resource {

namespace {

// Of a body that is read although the refusal stands: how long, and for how long in all.
constexpr std::size_t most_for_an_answer = std::size_t{16} * 1024;
constexpr ngx_msec_t longest_for_an_answer = 1000;

// The body is this long, and no longer, or the client has not said how long it is.
bool announces_at_most(const ngx_http_request_t* request, std::size_t bytes) noexcept {
    const off_t length = request->headers_in.content_length_n;
    return length > 0 && std::cmp_less_equal(length, bytes);
}

// Eight hexadecimal digits that a client can quote and an operator find in the log.
std::string new_decision_id() {
    std::string id(8, '0');
    for (char& digit : id)
        digit = base::hex_digits[static_cast<std::size_t>(ngx_random()) % base::hex_digits.size()];
    return id;
}

}  // namespace

ngx_int_t RequestState::proceed() {
    if (!begun_) begin();
    const bool is_over = std::exchange(only_reads_on_, false);
    const bool is_judged = !is_over || !passed();  // of what passes, an observer reads it without a copy
    if (is_judged && body_ != nullptr && body_->is_complete() && !message_ && !body_error_) parse_body();
    if (is_over) return finish();
    if (body_ != nullptr && body_->is_given_up()) body_error_ = mcp::TransportError::body_unavailable;
    if (boundary::comes_too_early(request_)) return refuse_early_data();
    for (;;) {
        decision_ = mcp::authorize(endpoint_.resource, asked(), evidence());
        switch (decision_.verdict) {
            case mcp::Verdict::verify_token:
                if (is_guessing()) return end();
                if (!token_ && verify(decision_.bearer_token) == authority::Progress::waiting) return NGX_AGAIN;
                break;
            case mcp::Verdict::read_body:
                return read_body();
            case mcp::Verdict::answer_preflight:
                end_with_decision();
                return answer_preflight(request_, *this);
            case mcp::Verdict::refuse:
                return end();
            case mcp::Verdict::pass:
                refuse_without_record();
                if (decision_.verdict == mcp::Verdict::pass && !take_limits()) return NGX_AGAIN;
                return end();
        }
    }
}

// The decision stands. Of a body that nobody has read, what it asks for may be worth knowing all the same.
ngx_int_t RequestState::end() {
    end_with_decision();
    if (passed())
        boundary::forget_refusals(request_);
    else
        note_refusal();
    const std::size_t limit = worth_reading();
    if (!announces_at_most(request_, limit)) return finish();
    only_reads_on_ = true;
    return read_body_within(limit, !passed());
}

ngx_int_t RequestState::finish() {
    if (!passed()) return answer_refusal(request_, *this);
    // Its rest is lost: nobody may get a part.
    return body_ != nullptr && body_->is_too_large() ? NGX_HTTP_INTERNAL_SERVER_ERROR : NGX_OK;
}

// How long a body may be that is read for the sake of what is told: of a refusal, what it is about, and the id of the
// message that limits refuse; of what passes, whom its trace goes on from, which the backend is told before it gets
// the body. 0: it is not read.
std::size_t RequestState::worth_reading() const noexcept {
    const bool is_wanted = endpoint_.is_observed || is_refused_by_limits();
    const bool is_plain = is_wanted && request_ == request_->main && body_ == nullptr &&
                          request_->method == NGX_HTTP_POST && mcp::check_plain_json(asked().body) &&
                          ngx::location_of(request_).client_body_in_file_only == 0;
    if (!is_plain) return 0;
    if (passed()) return worker_.traces && token_ != nullptr ? endpoint_.max_body : 0;
    if (ngx::waits_to_be_asked(request_)) return 0;
    return is_answered_here(request_, *this) ? std::min(endpoint_.max_body, most_for_an_answer) : 0;
}

void RequestState::begin() {
    begun_ = true;
    http_method_ = ngx::view(request_->method_name);
    // A subrequest's path is the configuration's.
    if (request_ == request_->main) path_is_plain_ = mcp::is_plain_path(ngx::view(request_->unparsed_uri));
    if (worker_.reports) began_at_ = std::chrono::steady_clock::now();
}

void RequestState::end_with_decision() {
    decided_ = true;
    if (worker_.reports) decided_at_ = std::chrono::steady_clock::now();
}

// What may pass, but not as often. False: the request waits for whoever counts.
bool RequestState::take_limits() {
    if (endpoint_.resource.policy.limits().empty()) return true;
    if (!limits_ && waits_for_limits_of_others()) return false;
    if (!limits_)
        limits_.emplace(request_, endpoint_, token_,
                        message_ ? std::span(message_->operations()) : std::span<const mcp::Operation>(),
                        [this](const auto& key, auto units) { return counted_before(key, units); });
    const auto verdict = limits_->ask(main_conf(request_));
    if (verdict == RequestLimits::Verdict::waiting) return false;
    fault_detail_ = limits_->fault();
    if (const auto why = RequestLimits::reason(verdict)) {
        decision_.verdict = mcp::Verdict::refuse;
        decision_.reason = mcp::reason(*why);
        const mcp::LimitRule* limit = limits_->refusing();
        if (limit != nullptr) decision_.detail = limit_name_ = limit->name;
        if (limits_->never_passes()) decision_.detail = "it asks for more at once than this limit ever lets pass";
        retry_after_ =
            limits_->never_passes() ? std::chrono::seconds(0) : limits_->retry_after().value_or(retry_after_);
    } else if (!fault_detail_.empty()) {
        ngx::log(worker_.questions.level_of_refusal(), request_,
                 "mcp_resource: passed without a limit: " + std::exchange(fault_detail_, {}));
    }
    return true;
}

// Parts of one request may run at the same time, as SSI and mirrors do: what one has asked and nobody has answered yet
// is not asked again.
bool RequestState::waits_for_limits_of_others() {
    const auto is_waiting = [](const RequestState& state) { return state.limits_ && state.limits_->is_waiting(); };
    RequestState* other = main_conf(request_).redis ? ngx::find<RequestState>(request_->pool, is_waiting) : nullptr;
    if (other == nullptr) return false;
    if (limits_pause_ == nullptr) limits_pause_ = &ngx::make<ngx::Pause>(request_->pool, request_);
    other->limits_->wait_for_answer(*limits_pause_);
    return true;
}

// One request is counted once, whatever locations nginx leads it through.
const mcp::LimitResult* RequestState::counted_before(const base::Sha256& key, std::uint32_t units) const {
    const mcp::LimitResult* result = nullptr;
    ngx::find<RequestState>(request_->pool, [&](const RequestState& state) {
        if (&state != this && state.limits_) result = state.limits_->result_for(key, units);
        return result != nullptr;
    });
    return result;
}

// Too many tokens from this address were refused: no more of them is looked at, for a while. One that is known to be
// good already is no guess, but passes no more than others: nobody may learn that it is good.
bool RequestState::is_guessing() {
    const bool is_looked_at = token_error_ || key_wait_ || introspection_;
    if (!endpoint_.refusal_limit || is_looked_at || who_guesses() != nullptr || is_token_good_elsewhere()) return false;
    const std::string_view token = decision_.bearer_token;
    Guess& guess = guess_.emplace(request_, endpoint_);
    auto limit = guess.look();
    if (limit.allowed && recall(token)) return false;
    const auto question = shared_question(token);
    if (question && guess.is_made(*question)) return false;
    if (limit.allowed) limit = guess.make(question);
    if (limit.allowed) return false;
    decision_ = {.verdict = mcp::Verdict::refuse,
                 .reason = mcp::reason(mcp::TransportError::rate_limited),
                 .detail = "too many tokens from this address were refused"};
    limit_name_ = name_of_refusal_limit;
    retry_after_ = std::chrono::seconds(mcp::wait_seconds(limit));
    return true;
}

// It has one token, whatever locations nginx leads it through.
RequestState* RequestState::who_guesses() const noexcept {
    return ngx::find<RequestState>(request_->pool,
                                   [](const RequestState& state) { return state.guess_ && state.guess_->counts(); });
}

bool RequestState::is_token_good_elsewhere() const noexcept {
    return ngx::find<RequestState>(request_->pool,
                                   [](const RequestState& state) { return state.token() != nullptr; }) != nullptr;
}

bool RequestState::is_token_refused() const noexcept {
    return token_error_ && oauth::describe(*token_error_).http_status == NGX_HTTP_UNAUTHORIZED;
}

std::span<const mcp::ToldLimit> RequestState::limits() const noexcept {
    return limits_ ? limits_->told() : std::span<const mcp::ToldLimit>();
}

void RequestState::note_let_in() noexcept {
    if (passed()) return;
    if (!begun_) begin();  // nobody has asked here
    if (decided_)
        boundary::forget_refusals(request_);
    else
        end_with_decision();
    is_let_in_by_others_ = true;
}

// Before anything is made of what it says: a recorded request can be sent again, and again.
ngx_int_t RequestState::refuse_early_data() {
    decision_ = {.verdict = mcp::Verdict::refuse, .reason = mcp::reason(mcp::TransportError::early_data)};
    return end();
}

// "mcp_audit_required": what may pass, but would leave no record.
void RequestState::refuse_without_record() {
    const bool counts_already = limits_ || limits_pause_ != nullptr;
    if (counts_already || location_conf(request_).audit_files.empty()) return;
    fault_detail_ = audit_problem(request_, worker_, may_ask_for_many());
    if (fault_detail_.empty()) return;
    decision_ = {.verdict = mcp::Verdict::refuse, .reason = mcp::reason(mcp::TransportError::record_unavailable)};
}

// Of what nobody has parsed, an observer may learn it still.
bool RequestState::may_ask_for_many() const noexcept {
    if (message_) return message_->operations().size() > 1;
    return endpoint_.is_observed && (request_->main->method == NGX_HTTP_POST || asked().has_body);
}

void RequestState::begin_wait(authority::Requested what) {
    if (!worker_.traces) return;
    waits_.push_back({.what = what, .begin = ngx::time_of_day()});
    is_waiting_ = true;
}

void RequestState::end_wait(std::vector<authority::CallLog::Shared> calls) {
    waits_.back().end = ngx::time_of_day();
    waits_.back().calls = std::move(calls);
    is_waiting_ = false;
}

std::chrono::microseconds RequestState::time_to_decide() const noexcept {
    return std::chrono::duration_cast<std::chrono::microseconds>(decided_at_ - began_at_);
}

// A subrequest is judged like the request that it is a part of: what that one asks for may be done by its means.
mcp::Request RequestState::asked() const noexcept {
    const ngx_http_request_t* main = request_->main;
    const bool is_main = request_ == main;
    const ngx_http_request_t* asked = is_main || main->method != NGX_HTTP_POST ? request_ : main;
    const bool is_preflight =
        is_main && main->method == NGX_HTTP_OPTIONS && headers_.asks_for_method && !headers_.origin.view().empty();
    return {
        .http_method = ngx::view(asked->method_name),
        .authorization = headers_.authorization.view(),
        .origin = headers_.origin.view(),
        .mirrored = {.protocol_version = headers_.protocol_version.view(),
                     .method = headers_.mcp_method.view(),
                     .name = headers_.mcp_name.view()},
        .body = {.content_type = headers_.content_type.view(), .content_encoding = headers_.content_encoding.view()},
        .has_body = main->headers_in.content_length_n > 0 || main->headers_in.chunked != 0,
        .token_in_query = headers_.token_in_query,
        .must_challenge = !is_main || boundary::others_may_let_pass(request_, NGX_HTTP_UNAUTHORIZED),
        .path_is_plain = path_is_plain_,
        .is_preflight = is_preflight};
}

mcp::Evidence RequestState::evidence() const noexcept {
    return {.token = token_.get(), .token_error = token_error_, .message = message(), .body_error = body_error_};
}

// nginx reads no body for a subrequest: "auth_request" asks before it was read, "mirror" and SSI afterwards.
ngx_int_t RequestState::read_body() {
    if (body_ != nullptr) return NGX_HTTP_INTERNAL_SERVER_ERROR;  // it arrived, and still nobody knows what it says
    std::size_t limit = endpoint_.max_body;
    if (decision_.is_refused) limit = std::min(limit, most_for_an_answer);
    if (token_ == nullptr) limit = std::min(limit, worker_.anonymous_bodies.most_of_client());
    if (request_ == request_->main && std::cmp_greater(request_->headers_in.content_length_n, limit)) {
        body_error_ = mcp::TransportError::body_too_large;
        return proceed();
    }
    if (decision_.is_refused && ngx::waits_to_be_asked(request_)) {
        body_error_ = mcp::TransportError::body_unavailable;
        return proceed();
    }
    return read_body_within(limit, decision_.is_refused);
}

ngx_int_t RequestState::read_body_within(std::size_t limit, bool is_refused) {
    const bool is_anonymous = token_ == nullptr;
    body_ = &ngx::make<ngx::RequestBody>(request_->pool, request_, limit);
    if (is_refused) body_->give_up_after(longest_for_an_answer);
    // A body that has arrived for the main request, or before an internal redirect, is counted already.
    if (is_anonymous && request_->main->request_body == nullptr)
        body_->count_in(worker_.anonymous_bodies, ngx::client_network(request_));
    if (request_ == request_->main) return body_->read();
    if (!body_->take_from(*request_->main)) body_error_ = mcp::TransportError::body_unavailable;
    return proceed();
}

void RequestState::parse_body() {
    if (body_->is_too_large()) {
        body_error_ = mcp::TransportError::body_too_large;
        return;
    }
    if (body_->found_no_room()) {
        body_error_ = mcp::TransportError::anonymous_bodies_limited;
        return;
    }
    auto message = mcp::Message::parse(body_->text());
    if (message) {
        message_.emplace(*std::move(message));
    } else {
        body_error_ = message.error();
    }
}

void RequestState::note_refusal() {
    const bool is_of_nobody = decision_.reason.is(mcp::TransportError::limit_caller_missing);
    if (endpoint_.refusal_limit && is_of_nobody && who_guesses() == nullptr) guess_.emplace(request_, endpoint_).make();
    decision_id_ = new_decision_id();
    ngx::log(log_level(), request_, log_line());
    if (decision_.reason.http_status == NGX_HTTP_UNAUTHORIZED) token_.reset();
}

bool RequestState::is_refused_by_limits() const noexcept {
    return decision_.reason.is(mcp::TransportError::rate_limited) ||
           decision_.reason.is(mcp::TransportError::limits_unavailable);
}

ngx_uint_t RequestState::log_level() const noexcept {
    if (token_error_ == oauth::Error::server_requests_limited || found_no_room() ||
        decision_.reason.is(mcp::TransportError::record_unavailable) || is_refused_by_limits())
        return worker_.questions.level_of_refusal();
    if (decision_.reason.is(mcp::TransportError::stream_needs_token) ||
        decision_.reason.is(mcp::TransportError::early_data))
        return NGX_LOG_INFO;
    const auto* error = std::get_if<oauth::Error>(&decision_.reason.error);
    return error != nullptr ? boundary::log_level_of(request_, *error) : NGX_LOG_ERR;
}

std::string RequestState::log_line() const {
    const mcp::Reason& reason = decision_.reason;
    std::string line = "mcp_resource: refused with " + std::to_string(reason.http_status) + " (" + decision_id_ + "): ";
    line += std::string(reason.name) + ": " + std::string(reason.text);
    if (!decision_.detail.empty()) line += ": " + std::string(decision_.detail);
    if (const mcp::LimitRule* limit = limits_ ? limits_->refusing() : nullptr)
        line += " (" + (decision_.detail == limit->name ? "" : limit->name + ", ") + mcp::words_for(*limit) + ")";
    if (limit_name_ == name_of_refusal_limit)
        line += " (\"mcp_refusal_limit\", " + mcp::words_for(*endpoint_.refusal_limit) + ")";
    if (!decision_.missing.empty())
        line += ", missing " + ngx::in_quotes(endpoint_.resource.scopes.names(decision_.missing));
    const bool lacks_scope = !decision_.missing.empty() && token_ != nullptr;
    const std::string difference = lacks_scope ? oauth::explain_scope(token_->claims()) : explanation_;
    if (!difference.empty()) line += ": " + difference;
    if (!fault_detail_.empty()) line += ", " + fault_detail_;
    if (found_no_room())
        line += ": \"mcp_max_anonymous_bodies\" is " + std::to_string(worker_.anonymous_bodies.most()) +
                " bytes, of which one client has a quarter";
    // A server may call every token inactive that it does not want to tell this client about.
    if (reason.is(oauth::Error::token_inactive)) line += ", asked " + endpoint_.introspection->client->description();
    return line;
}

RequestState* find_state(const ngx_http_request_t* request, const Endpoint* endpoint) noexcept {
    return ngx::find<RequestState>(request->pool, [&](const RequestState& state) {
        return state.request() == request && &state.endpoint() == endpoint;
    });
}

const RequestState* latest_state(const ngx_http_request_t* request) noexcept {
    return ngx::find_nearest<RequestState>(request);
}

}  // namespace mcp_resource
