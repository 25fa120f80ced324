#include "modules/mcp_resource/record/audit.h"

#include <algorithm>
#include <cstddef>
#include <new>
#include <span>
#include <string>
#include <string_view>

#include "mcp/audit_record.h"
#include "modules/mcp_resource/record/audit_files.h"
#include "modules/mcp_resource/record/observation.h"
#include "ngx/guard.h"
#include "ngx/pool.h"
#include "ngx/variable.h"

namespace mcp_resource {
namespace {

constexpr std::string_view variable_name = "mcp_audit";

// nginx evaluates a variable several times for one line ("if=", its length, its text).
struct Line {
    const ngx_http_request_t* request() const noexcept { return request_; }
    const ngx_http_request_t* request_;
    std::string text;
};

const std::string& line_of(ngx_http_request_t* request, const mcp::Observation& observation) {
    if (const Line* line = ngx::find_of<Line>(request)) return line->text;
    static const mcp::AuditSettings default_settings;
    auto& line = ngx::make<Line>(request->pool, request, std::string());
    line.text = mcp::audit_record(observation, observation.audit != nullptr ? *observation.audit : default_settings);
    constexpr std::size_t line_end = 1;
    if (!is_room_for_record(request, main_conf(request).worker, line.text.size() + line_end)) line.text.clear();
    return line.text;
}

ngx_int_t get_audit(ngx_http_request_t* request, ngx_http_variable_value_t* variable,
                    std::uintptr_t /*data*/) noexcept {
    ngx::set_not_found(*variable);
    return ngx::guarded<ngx_int_t>(request->connection->log, NGX_ERROR, [&] {
        const mcp::Observation* observation = ended_observation(request);
        if (observation != nullptr) ngx::set_value(*variable, line_of(request, *observation));
        return NGX_OK;
    });
}

}  // namespace

void add_audit_variable(ngx_conf_t* cf) {
    ngx::add_variable(cf, variable_name, get_audit, 0, NGX_HTTP_VAR_NOCACHEABLE);
}

bool is_audit_used(ngx_conf_t* cf) noexcept {
    const auto* core =
        static_cast<const ngx_http_core_main_conf_t*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    const std::span used(static_cast<const ngx_http_variable_t*>(core->variables.elts), core->variables.nelts);
    return std::ranges::any_of(
        used, [](const ngx_http_variable_t& variable) { return ngx::view(variable.name) == variable_name; });
}

ngx_int_t audit_variable(ngx_conf_t* cf) {
    ngx_str_t name = ngx::str(variable_name);
    const ngx_int_t index = ngx_http_get_variable_index(cf, &name);
    if (index == NGX_ERROR) throw std::bad_alloc();
    return index;
}

}  // namespace mcp_resource
