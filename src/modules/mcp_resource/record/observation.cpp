#include "modules/mcp_resource/record/observation.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/text.h"
#include "modules/mcp_resource/record/identity.h"
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
};

mcp::Judgement judgement(const RequestState& state) noexcept {
    if (state.decision().verdict == mcp::Verdict::answer_preflight) return mcp::Judgement::preflight;
    if (!state.passed()) return mcp::Judgement::refuse;
    return state.token() != nullptr ? mcp::Judgement::pass : mcp::Judgement::anonymous;
}

void add_decision(mcp::Observation& observation, const RequestState& state) {
    observation.judgement = judgement(state);
    observation.resource = state.endpoint().resource.uri.text();
    observation.authorization = state.time_to_decide();
    if (observation.judgement != mcp::Judgement::refuse) return;
    observation.decision_id = state.decision_id();
    observation.reason = state.decision().reason.name;
    if (!state.decision().missing.empty())
        observation.missing = state.endpoint().resource.scopes.names(state.decision().missing);
}

void add_identity(mcp::Observation& observation, const RequestState& state) {
    if (state.token() == nullptr) return;
    observation.issuer = issuer_of(*state.token());
    observation.subject = subject_of(*state.token());
    observation.client = client_of(*state.token());
    observation.scopes = oauth::granted_scopes(state.token()->claims());
}

void add_operations(mcp::Observation& observation, const RequestState& state) {
    const mcp::Message* message = state.message();
    if (message == nullptr) return;
    observation.operations_known = true;
    for (const mcp::Operation& operation : message->operations()) {
        auto& observed = observation.operations.emplace_back();
        observed.method = base::shortened(operation.method);
        if (operation.name) observed.name = base::shortened(*operation.name);
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

void add_answer(mcp::Observation& observation, const ngx_http_request_t* request) {
    const ngx_time_t* now = ngx_timeofday();
    observation.begin = since_1970(request->start_sec, request->start_msec);
    observation.duration = std::max(microseconds(0), microseconds(since_1970(now->sec, now->msec) - observation.begin));
    observation.backend = backend_time(request);
    observation.address = ngx::view(request->connection->addr_text);
    observation.http_method = ngx::view(request->method_name);
    observation.status = static_cast<int>(request->err_status != 0 ? request->err_status : request->headers_out.status);
    observation.bytes_received = static_cast<std::uint64_t>(request->request_length);
    observation.bytes_sent = static_cast<std::uint64_t>(request->connection->sent);
}

void add_headers(mcp::Observation& observation, const RequestState& state) {
    const auto version = state.headers().protocol_version.view();
    if (version.size() == 1) observation.revision = version.front();
    const auto session = state.headers().session.view();
    if (session.size() == 1) observation.session = session.front();
}

}  // namespace

const mcp::Observation* observation_of(ngx_http_request_t* request) {
    if (const Kept* kept = ngx::find_of<Kept>(request)) return &kept->observation;
    const RequestState* state = latest_state(request);
    if (state == nullptr || !state->decided()) return nullptr;
    auto& kept = ngx::make<Kept>(request->pool, request);
    add_decision(kept.observation, *state);
    add_identity(kept.observation, *state);
    add_operations(kept.observation, *state);
    add_headers(kept.observation, *state);
    add_answer(kept.observation, request);
    return &kept.observation;
}

void report(ngx_http_request_t* request) {
    const MainConf& main = main_conf(request);
    if (!main.worker.reports) return;
    const mcp::Observation* observation = observation_of(request);
    if (observation == nullptr) return;
    // Each that reports takes it here.
    if (main.metrics.is_on()) main.metrics.counters().count(*observation);
}

}  // namespace mcp_resource
