#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "modules/mcp_resource/directives.h"
#include "modules/mcp_resource/record/identity.h"
#include "modules/mcp_resource/record/tracing.h"
#include "modules/mcp_resource/request_state.h"
#include "ngx/guard.h"
#include "ngx/pool.h"
#include "ngx/string.h"
#include "ngx/variable.h"

namespace mcp_resource {
namespace {

using Text = std::optional<std::string>;

// Of a request that was let in with a token.
template <auto read>
Text of_token(const RequestState& state) {
    return state.token() != nullptr ? read(*state.token()) : std::nullopt;
}

Text decision(const RequestState& state) {
    if (!state.decided()) return std::nullopt;
    if (!state.passed()) return "refuse";
    return state.token() != nullptr ? "pass" : "anonymous";
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

// From a body, which may be large, unlike a token.
Text method(const RequestState& state) {
    const mcp::Operation* asked = operation(state);
    return asked != nullptr ? Text(base::shortened(asked->method)) : std::nullopt;
}

Text name(const RequestState& state) {
    const mcp::Operation* asked = operation(state);
    return asked != nullptr && asked->name ? Text(base::shortened(*asked->name)) : std::nullopt;
}

Text trace_id(const RequestState& state) {
    return Text(trace_id_of(state.request()));
}

using Read = Text (*)(const RequestState&);
struct Variable {
    std::string_view name;
    Read read;
};
constexpr std::array variables = {
    Variable{"mcp_decision", decision},
    Variable{"mcp_reason", reason},
    Variable{"mcp_decision_id", decision_id},
    Variable{"mcp_subject", of_token<subject_of>},
    Variable{"mcp_client_id", of_token<client_of>},
    Variable{"mcp_issuer", of_token<issuer_of>},
    Variable{"mcp_method", method},
    Variable{"mcp_name", name},
    Variable{"mcp_scopes_missing", missing_scopes},
    Variable{"mcp_trace_id", trace_id},
};

ngx_int_t get(ngx_http_request_t* request, ngx_http_variable_value_t* variable, std::uintptr_t data) noexcept {
    return ngx::guarded<ngx_int_t>(request->connection->log, NGX_ERROR, [&] {
        const RequestState* state = latest_state(request);
        const Text text = state != nullptr ? reinterpret_cast<const Variable*>(data)->read(*state) : std::nullopt;
        if (!text || text->empty() || base::has_control_characters(*text)) {
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
