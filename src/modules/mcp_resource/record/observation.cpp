#include "modules/mcp_resource/record/observation.h"

#include <span>
#include <utility>

#include "mcp/audit_record.h"
#include "mcp/token_identity.h"
#include "modules/mcp_resource/identity.h"
#include "modules/mcp_resource/record/ending.h"
#include "modules/mcp_resource/record/observer.h"
#include "modules/mcp_resource/record/status.h"
#include "modules/mcp_resource/record/tracing.h"
#include "modules/mcp_resource/request_state.h"
#include "ngx/pool.h"
#include "ngx/string.h"
#include "oauth/shown_claims.h"

namespace mcp_resource {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

struct Kept {
    const ngx_http_request_t* request() const noexcept { return request_; }
    const ngx_http_request_t* request_;
    mcp::Observation observation{};
    std::string revision{};  // that the body says
};

void add_decision(mcp::Observation& observation, const RequestState& state) {
    observation.audit = state.endpoint().audit.get();
    observation.judgement = judgement(state);
    observation.resource = state.endpoint().resource.uri.text();
    observation.authorization = state.time_to_decide();
    if (state.passed()) return;
    observation.decision_id = state.decision_id();
    observation.reason = state.decision().reason.name;
    if (!state.decision().missing.empty())
        observation.missing = state.endpoint().resource.scopes.names(state.decision().missing);
    observation.limit = state.limit_name();
}

void add_identity(mcp::Observation& observation, const RequestState& state) {
    if (state.token() == nullptr) return;
    observation.issuer = issuer_of(*state.token(), state.endpoint());
    observation.subject = subject_of(*state.token());
    observation.client = mcp::client_of(*state.token());
    observation.scopes = oauth::granted_scopes(state.token()->claims());
}

// Who it was is for the record, and for those who look up a refusal.
bool shows_identity(const MainConf& main, const mcp::Observation& observation) noexcept {
    return main.worker.records || (main.recent && observation.judgement == mcp::Judgement::refuse);
}

// How the answer to what was refused goes, where it is ours (JSON-RPC 2.0 section 5).
void add_refusal(mcp::ObservedOperation& operation, const RequestState& state) {
    if (operation.id.empty()) return;
    operation.outcome = {.kind = mcp::Outcome::Kind::error, .code = mcp::code_in_answer(state.decision().reason)};
}

void add_operations(Kept& kept, const ngx_http_request_t* request, const RequestState& state) {
    mcp::AskedOperations asked;
    if (mcp::AskedOperations* observed = asked_by(request)) {
        // A part of it may be reported before the whole; from then on, variables ask here.
        if (request == request->main)
            asked = std::move(*observed);
        else
            asked = *observed;
    } else if (state.message() != nullptr) {
        asked = mcp::observed_operations(*state.message());
    } else {
        return;
    }
    mcp::Observation& observation = kept.observation;
    observation.operations_known = true;
    observation.operations = std::move(asked.operations);
    kept.revision = std::move(asked.revision);
    if (observation.revision.empty()) observation.revision = kept.revision;
    for (mcp::ObservedOperation& operation : observation.operations) {
        if (operation.outcome.kind == mcp::Outcome::Kind::unknown) operation.duration = observation.duration;
        if (observation.judgement == mcp::Judgement::refuse) add_refusal(operation, state);
    }
}

milliseconds since_1970(time_t seconds, ngx_msec_t rest) noexcept {
    return milliseconds(static_cast<std::int64_t>(seconds) * 1000 + static_cast<std::int64_t>(rest));
}

std::optional<microseconds> backend_time(const ngx_http_request_t* request) {
    if (request->upstream_states == nullptr) return std::nullopt;
    const std::span states(static_cast<const ngx_http_upstream_state_t*>(request->upstream_states->elts),
                           request->upstream_states->nelts);
    ngx_msec_t sum = 0;
    for (const auto& state : states)
        if (state.response_time != static_cast<ngx_msec_t>(-1)) sum += state.response_time;
    return milliseconds(sum);
}

std::string_view http_version(const ngx_http_request_t* request) noexcept {
    switch (request->http_version) {
        case NGX_HTTP_VERSION_10:
            return "1.0";
        case NGX_HTTP_VERSION_11:
            return "1.1";
        case NGX_HTTP_VERSION_20:
            return "2";
#ifdef NGX_HTTP_VERSION_30
        case NGX_HTTP_VERSION_30:
            return "3";
#endif
        default:
            return "";
    }
}

void add_answer(mcp::Observation& observation, const ngx_http_request_t* request) {
    observation.begin = since_1970(request->start_sec, request->start_msec);
    observation.duration = age_of(request);
    observation.backend = backend_time(request);
    observation.address = ngx::view(request->connection->addr_text);
    observation.http_method = ngx::view(request->method_name);
    observation.http_version = http_version(request);
    observation.status = static_cast<int>(request->err_status != 0 ? request->err_status : request->headers_out.status);
    observation.bytes_received = static_cast<std::uint64_t>(request->request_length);
    observation.bytes_sent = static_cast<std::uint64_t>(request->connection->sent);
}

// `is_shown`: by the record, or a span, or both.
void add_headers(mcp::Observation& observation, const RequestState& state, bool is_shown) {
    const auto version = state.headers().protocol_version.view();
    if (version.size() == 1) observation.revision = version.front();
    const auto session = state.headers().session.view();
    if (session.size() != 1) return;
    observation.session = session.front();
    if (is_shown) observation.shown_session = mcp::shown_session(observation);
}

const mcp::Observation& refused_by_nginx(ngx_http_request_t* request, const Endpoint& endpoint) {
    auto& kept = ngx::make<Kept>(request->pool, request);
    kept.observation.audit = endpoint.audit.get();
    kept.observation.reason = mcp::reason(oauth::Error::request_ambiguous).name;
    kept.observation.resource = endpoint.resource.uri.text();
    add_answer(kept.observation, request);
    return kept.observation;
}

// "log_subrequest" logs what a request is made of, too: that is reported with the whole.
bool is_part_of_judged(const ngx_http_request_t* request) noexcept {
    return request != request->main && ngx::find_of<RequestState>(request) == nullptr;
}

}  // namespace

mcp::Judgement judgement(const RequestState& state) noexcept {
    if (state.is_let_in_by_others()) return mcp::Judgement::satisfied;
    if (state.decision().verdict == mcp::Verdict::answer_preflight) return mcp::Judgement::preflight;
    if (!state.passed()) return mcp::Judgement::refuse;
    return state.token() != nullptr ? mcp::Judgement::pass : mcp::Judgement::anonymous;
}

const mcp::Observation* observation_of(ngx_http_request_t* request) {
    if (const Kept* kept = ngx::find_of<Kept>(request)) return &kept->observation;
    const RequestState* state = latest_state(request);
    if (state == nullptr || !state->decided()) return nullptr;
    const MainConf& main = main_conf(request);
    auto& kept = ngx::make<Kept>(request->pool, request);
    add_decision(kept.observation, *state);
    if (shows_identity(main, kept.observation)) add_identity(kept.observation, *state);
    const bool has_span = add_trace(kept.observation, request);
    add_headers(kept.observation, *state, main.worker.records || has_span);
    add_answer(kept.observation, request);
    kept.observation.http_method = state->http_method();
    add_operations(kept, request, *state);
    kept.observation.is_received_whole = !mcp::lets_in(kept.observation.judgement) || is_received_whole(request);
    kept.observation.cut_by = kept.observation.is_received_whole ? cut_by(request) : mcp::CutBy::client;
    kept.observation.cut_by = mcp::failing_cut(kept.observation);
    return &kept.observation;
}

const mcp::Observation* ended_observation(const ngx_http_request_t* request) noexcept {
    const Kept* kept = ngx::find_of<Kept>(request);
    return kept != nullptr ? &kept->observation : nullptr;
}

void report(ngx_http_request_t* request, const Endpoint* refused_at) {
    const MainConf& main = main_conf(request);
    if (!main.worker.reports || is_part_of_judged(request)) return;
    const mcp::Observation* observation = observation_of(request);
    if (observation == nullptr && refused_at != nullptr) observation = &refused_by_nginx(request, *refused_at);
    if (observation == nullptr) return;
    // Each that reports takes it here.
    remember(request, *observation);
    if (main.metrics.is_on()) main.metrics.counters().count(*observation);
    report_trace(request, *observation);
}

}  // namespace mcp_resource
