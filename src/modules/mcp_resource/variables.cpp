#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "mcp/observation.h"
#include "mcp/token_identity.h"
#include "modules/mcp_resource/directives.h"
#include "modules/mcp_resource/identity.h"
#include "modules/mcp_resource/record/observation.h"
#include "modules/mcp_resource/record/observer.h"
#include "modules/mcp_resource/record/tracing.h"
#include "modules/mcp_resource/request_state.h"
#include "ngx/early_reading.h"
#include "ngx/guard.h"
#include "ngx/pool.h"
#include "ngx/string.h"
#include "ngx/variable.h"

namespace mcp_resource {
namespace {

using Text = std::optional<std::string>;
using Read = Text (*)(const ngx_http_request_t*, const RequestState&);

// Of a request that was let in with a token.
template <auto read>
Text of_token(const ngx_http_request_t* /*request*/, const RequestState& state) {
    return state.token() != nullptr ? read(*state.token()) : std::nullopt;
}

Text issuer(const ngx_http_request_t* /*request*/, const RequestState& state) {
    return state.token() != nullptr ? Text(issuer_of(*state.token(), state.endpoint())) : std::nullopt;
}

Text decision(const RequestState& state) {
    return state.decided() ? Text(mcp::name_of(judgement(state))) : std::nullopt;
}

Text reason(const RequestState& state) {
    return state.decided() && !state.passed() ? Text(state.decision().reason.name) : std::nullopt;
}

Text decision_id(const RequestState& state) {
    return state.decision_id().empty() ? std::nullopt : Text(state.decision_id());
}

Text missing_scopes(const RequestState& state) {
    return state.endpoint().resource.scopes.names(state.decision().missing);
}

// A batch has no one method.
const mcp::Operation* operation(const RequestState& state) {
    const mcp::Message* message = state.message();
    return message != nullptr && !message->is_batch() ? &message->operations().front() : nullptr;
}

// Where no rule reads the body: what was observed (mcp_observe).
const mcp::ObservedOperation* observed(const ngx_http_request_t* request) {
    const mcp::AskedOperations* asked = asked_by(request);
    if (asked == nullptr || asked->is_batch) return nullptr;
    // Whoever reports the request has taken them.
    const mcp::Observation* ended = ended_observation(request);
    const auto& operations = ended != nullptr && ended->operations_known ? ended->operations : asked->operations;
    return !operations.empty() ? &operations.front() : nullptr;
}

// From a body, which may be large, unlike a token.
Text method(const ngx_http_request_t* request, const RequestState& state) {
    if (const mcp::Operation* judged = operation(state)) return base::shortened(judged->method);
    const mcp::ObservedOperation* asked = observed(request);
    return asked != nullptr ? Text(asked->method) : std::nullopt;
}

Text name(const ngx_http_request_t* request, const RequestState& state) {
    if (const mcp::Operation* judged = operation(state))
        return judged->name ? Text(base::shortened(*judged->name)) : std::nullopt;
    const mcp::ObservedOperation* asked = observed(request);
    return asked != nullptr ? asked->name : std::nullopt;
}

// "tool_error" and the code are what "error.type" of OpenTelemetry's conventions for MCP says.
Text outcome(const ngx_http_request_t* request, const RequestState& /*state*/) {
    const mcp::ObservedOperation* asked = observed(request);
    if (asked == nullptr) return std::nullopt;
    switch (asked->outcome.kind) {
        case mcp::Outcome::Kind::unknown:
            return std::nullopt;
        case mcp::Outcome::Kind::success:
            return "success";
        case mcp::Outcome::Kind::tool_error:
            return "tool_error";
        case mcp::Outcome::Kind::error:
            return asked->outcome.code ? std::to_string(*asked->outcome.code) : "error";
    }
    return std::nullopt;
}

// What only the state knows.
template <auto read>
Text of_state(const ngx_http_request_t* /*request*/, const RequestState& state) {
    return read(state);
}

Text trace_id(const ngx_http_request_t* request, const RequestState& /*state*/) {
    return Text(trace_id_of(request));
}

struct Variable {
    std::string_view name;
    Read read;
};
constexpr std::array variables = {
    Variable{"mcp_decision", of_state<decision>},
    Variable{"mcp_reason", of_state<reason>},
    Variable{"mcp_decision_id", of_state<decision_id>},
    Variable{"mcp_subject", of_token<subject_of>},
    Variable{"mcp_client_id", of_token<mcp::client_of>},
    Variable{"mcp_issuer", issuer},
    Variable{"mcp_method", method},
    Variable{"mcp_name", name},
    Variable{"mcp_outcome", outcome},
    Variable{"mcp_scopes_missing", of_state<missing_scopes>},
    Variable{"mcp_trace_id", trace_id},
};

ngx_int_t get(ngx_http_request_t* request, ngx_http_variable_value_t* variable, std::uintptr_t data) noexcept {
    return ngx::guarded<ngx_int_t>(request->connection->log, NGX_ERROR, [&] {
        const RequestState* state = latest_state(request);
        const auto& [name, read] = *reinterpret_cast<const Variable*>(data);
        const Text text = state != nullptr ? read(request, *state) : std::nullopt;
        if (!text || text->empty() || base::has_control_characters(*text)) {
            const bool is_checked_later = location_conf(request).endpoint && (state == nullptr || !state->decided());
            if (is_checked_later)
                ngx::tell_of_early_reading(request,
                                           {.module = "mcp_resource", .phase_directive = "mcp_phase", .name = name});
            ngx::set_not_found(*variable);
        } else {
            ngx::set_value(*variable, ngx::view(ngx::copy(request->pool, *text)));
        }
        return NGX_OK;
    });
}

}  // namespace

void add_variables(ngx_conf_t* cf) {
    for (const Variable& variable : variables)
        ngx::add_variable(cf, variable.name, get, reinterpret_cast<std::uintptr_t>(&variable),
                          NGX_HTTP_VAR_NOCACHEABLE);
}

}  // namespace mcp_resource
