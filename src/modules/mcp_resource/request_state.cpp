#include "modules/mcp_resource/request_state.h"

#include <algorithm>
#include <utility>

#include "boundary/refusal.h"
#include "mcp/challenge.h"
#include "mcp/request_path.h"
#include "modules/mcp_resource/record/audit_files.h"
#include "modules/mcp_resource/response.h"
#include "ngx/config.h"
#include "ngx/log.h"
#include "ngx/pool.h"
#include "oauth/explanation.h"
#include "oauth/jwt/cached_verifier.h"
#include "oauth/jwt/compact_jws.h"

namespace mcp_resource {

using oauth::jwt::Verifier;

namespace {

constexpr std::size_t most_for_an_answer = std::size_t{16} * 1024;

// Eight hexadecimal digits that a client can quote and an operator find in the log.
std::string new_decision_id() {
    static constexpr std::string_view hex = "0123456789abcdef";
    std::string id(8, '0');
    for (char& digit : id)
        digit = hex[static_cast<std::size_t>(ngx_random()) % hex.size()];
    return id;
}

// The issuer whose keys may verify this token. The token is not verified yet: its word only chooses among the issuers
// that the operator listed, and the chosen one's rules compare "iss" again after verification.
const Issuer* choose_issuer(const std::vector<Issuer>& issuers, std::string_view token) {
    if (issuers.size() == 1) return &issuers.front();
    const auto named = oauth::jwt::unverified_issuer(token);
    if (!named) return nullptr;
    const auto accepts = [&](const Issuer& issuer) {
        return std::ranges::find(issuer.rules.claims.accepted_issuers, *named) !=
               issuer.rules.claims.accepted_issuers.end();
    };
    const auto found = std::ranges::find_if(issuers, accepts);
    return found == issuers.end() ? nullptr : &*found;
}

}  // namespace

ngx_int_t RequestState::proceed() {
    if (!begun_) begin();
    if (boundary::comes_too_early(request_)) return refuse_early_data();
    if (body_ != nullptr && body_->is_complete() && !message_ && !body_error_) parse_body();
    for (;;) {
        decision_ = mcp::authorize(endpoint_.resource, asked(), evidence());
        switch (decision_.verdict) {
            case mcp::Verdict::verify_token:
                if (verify(decision_.bearer_token) == authority::Progress::waiting) return NGX_AGAIN;
                break;
            case mcp::Verdict::read_body:
                return read_body();
            case mcp::Verdict::answer_preflight:
                end_with_decision();
                return answer_preflight(request_, *this);
            case mcp::Verdict::refuse:
                end_with_decision();
                return refuse();
            case mcp::Verdict::pass:
                refuse_without_record();
                end_with_decision();
                return passed() ? NGX_OK : refuse();
        }
    }
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

void RequestState::note_let_in() noexcept {
    if (passed()) return;
    if (!begun_) begin();  // nobody has asked here
    if (!decided_) end_with_decision();
    is_let_in_by_others_ = true;
}

// Before anything is made of what it says: a recorded request can be sent again, and again.
ngx_int_t RequestState::refuse_early_data() {
    decision_ = {.verdict = mcp::Verdict::refuse, .reason = mcp::reason(mcp::TransportError::early_data)};
    end_with_decision();
    return refuse();
}

// "mcp_audit_required": what may pass, but would leave no record.
void RequestState::refuse_without_record() {
    if (location_conf(request_).audit_files.empty()) return;
    fault_detail_ = audit_problem(request_, worker_, may_ask_for_many());
    if (fault_detail_.empty()) return;
    decision_ = {.verdict = mcp::Verdict::refuse, .reason = mcp::reason(mcp::TransportError::record_unavailable)};
}

// Of what nobody has parsed, an observer may learn it still.
bool RequestState::may_ask_for_many() const noexcept {
    if (message_) return message_->operations().size() > 1;
    return endpoint_.is_observed && (request_->main->method == NGX_HTTP_POST || asked().has_body);
}

void RequestState::begin_wait(std::string_view purpose) {
    if (!worker_.traces) return;
    waits_.push_back({.purpose = purpose, .begin = authority::time_of_day()});
    is_waiting_ = true;
}

void RequestState::end_wait(std::vector<authority::CallLog::Shared> calls) {
    waits_.back().end = authority::time_of_day();
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

authority::Progress RequestState::verify(std::string_view token) {
    const auto& introspection = endpoint_.introspection;
    if (introspection && (endpoint_.issuers.empty() || !oauth::jwt::is_compact_jws(token)))
        return introspect(*introspection, token);
    return verify_signature(token);
}

authority::Progress RequestState::verify_signature(std::string_view token) {
    const Issuer* issuer = choose_issuer(endpoint_.issuers, token);
    if (issuer == nullptr) return refuse_issuer(token);
    if (key_wait_) key_wait_->end();
    if (is_waiting_) end_wait(issuer->keys->calls_since(waits_.back().begin));
    const auto keys = issuer->keys->current();
    auto error = keys ? oauth::Error::internal : keys.error();
    const auto* set = keys ? keys->get() : nullptr;
    if (keys) {
        auto verified = oauth::jwt::verify_cached(worker_.tokens, token, {&set, 1}, issuer->rules, ngx_time());
        if (verified) {
            token_ = *std::move(verified);
            return authority::Progress::ready;
        }
        error = verified.error();
    }
    if (!keys || Verifier::depends_on_keys(error)) {
        // Nobody waits, or is asked for keys, on account of a token that no key could help.
        if (const auto hopeless = Verifier::hopeless(token, issuer->rules, ngx_time()))
            return refuse_token(*hopeless, token, set, issuer->rules);
        if (!key_wait_) key_wait_.emplace(request_, worker_.questions, worker_.doubtful);
        const auto refusal = key_wait_->begin(*issuer->keys, token, error);
        if (!refusal) {
            begin_wait("keys");
            return authority::Progress::waiting;
        }
        error = *refusal;
    }
    return refuse_token(error, token, set, issuer->rules);
}

authority::Progress RequestState::refuse_token(oauth::Error error, std::string_view token,
                                               const oauth::jwt::JwkSet* keys,
                                               const oauth::jwt::VerificationRules& rules) {
    token_error_ = error;
    if (oauth::describe(error).http_status == NGX_HTTP_UNAUTHORIZED)
        explanation_ = oauth::explain(error, token, {&keys, keys != nullptr ? 1U : 0U}, rules, ngx_time());
    return authority::Progress::ready;
}

// Of several issuers none is named, perhaps since the token cannot be read.
authority::Progress RequestState::refuse_issuer(std::string_view token) {
    const auto& rules = endpoint_.rules_of_all;
    const auto hopeless = Verifier::hopeless(token, rules, ngx_time());
    return refuse_token(hopeless.value_or(oauth::Error::issuer_not_accepted), token, nullptr, rules);
}

authority::Progress RequestState::introspect(const Introspection& introspection, std::string_view token) {
    if (!introspection_) introspection_.emplace(request_, worker_.questions, worker_.tokens);
    const auto progress = introspection_->is_started()
                              ? introspection_->proceed()
                              : introspection_->start(token, introspection.client->terms(token, introspection.rules));
    if (is_waiting_) end_wait(introspection_->calls());
    if (progress == authority::Progress::waiting) {
        begin_wait("introspection");
        return authority::Progress::waiting;
    }
    count(*introspection_);
    take_verdict(*introspection_);
    introspection_.reset();
    return authority::Progress::ready;
}

// A kept result may say anything: what matters is that nobody was asked.
void RequestState::count(const authority::Introspection& introspection) const noexcept {
    using report::IntrospectionResult;
    const SharedMetrics& metrics = main_conf(request_).metrics;
    if (!metrics.is_on()) return;
    const bool is_active = introspection.verdict().has_value();
    const bool is_inactive = !is_active && introspection.is_about_token();
    metrics.counters().count_introspection(introspection.was_kept() ? IntrospectionResult::kept
                                           : is_active              ? IntrospectionResult::active
                                           : is_inactive            ? IntrospectionResult::inactive
                                                                    : IntrospectionResult::error);
}

void RequestState::take_verdict(const authority::Introspection& introspection) {
    if (const auto& verdict = introspection.verdict()) {
        token_ = *verdict;
    } else {
        token_error_ = verdict.error();
        explanation_ = introspection.explanation();
    }
    if (!introspection.fault()) return;
    fault_detail_ = introspection.fault()->detail;
    retry_after_ = introspection.fault()->retry_after;
}

// nginx reads no body for a subrequest: "auth_request" asks before it was read, "mirror" and SSI afterwards.
ngx_int_t RequestState::read_body() {
    if (body_ != nullptr) return NGX_HTTP_INTERNAL_SERVER_ERROR;  // it arrived, and still nobody knows what it says
    // Where nothing depends on it, it is only read to answer a refusal that stands.
    const bool is_anonymous = token_ == nullptr;
    std::size_t limit = endpoint_.max_body;
    if (!endpoint_.resource.policy.depends_on_operation()) limit = std::min(limit, most_for_an_answer);
    if (is_anonymous) limit = std::min(limit, worker_.anonymous_bodies.most_of_client());
    if (request_ == request_->main && std::cmp_greater(request_->headers_in.content_length_n, limit)) {
        body_error_ = mcp::TransportError::body_too_large;
        return proceed();
    }
    body_ = &ngx::make<ngx::RequestBody>(request_->pool, request_, limit);
    // A body that has arrived for the main request, or before an internal redirect, is counted already.
    if (is_anonymous && request_->main->request_body == nullptr)
        body_->count_in(worker_.anonymous_bodies, authority::address_of(request_));
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

ngx_int_t RequestState::refuse() {
    decision_id_ = new_decision_id();
    ngx::log(log_level(), request_, log_line());
    if (decision_.reason.http_status == NGX_HTTP_UNAUTHORIZED) token_.reset();
    return answer_refusal(request_, *this);
}

ngx_uint_t RequestState::log_level() const noexcept {
    if (token_error_ == oauth::Error::server_requests_limited || found_no_room() ||
        decision_.reason.is(mcp::TransportError::record_unavailable))
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
