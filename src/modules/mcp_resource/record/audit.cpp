#include "modules/mcp_resource/record/audit.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <system_error>

#include "mcp/audit_record.h"
#include "modules/mcp_resource/record/observation.h"
#include "ngx/guard.h"
#include "ngx/location.h"
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

const std::string& line_of(const ngx_http_request_t* request, const mcp::Observation& observation) {
    if (const Line* line = ngx::find_of<Line>(request)) return line->text;
    static const mcp::AuditSettings default_settings;
    auto& line = ngx::make<Line>(request->pool, request, std::string());
    line.text = mcp::audit_record(observation, observation.audit != nullptr ? *observation.audit : default_settings);
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

// nginx shows nobody the configuration of its log module, but its first member is the list of logs in effect, and the
// first of each is its file; where there is none the second is what its name is made of, or null for syslog. So it is
// from nginx 1.7.1 on.
struct Log {
    ngx_open_file_t* file;
    const void* name_with_variables;
};

std::vector<Log> logs_of(ngx_conf_t* cf) {
    std::vector<Log> logs;
    const auto* conf = static_cast<ngx_array_t* const*>(ngx::location_conf_of(cf, "ngx_http_log_module"));
    if (conf == nullptr || *conf == nullptr) return logs;
    const auto* element = static_cast<const std::byte*>((*conf)->elts);
    for (ngx_uint_t i = 0; i < (*conf)->nelts; i++, element += (*conf)->size)
        logs.push_back(*reinterpret_cast<const Log*>(element));
    return logs;
}

[[noreturn]] void refuse_required(std::string_view text) {
    refuse_directive("mcp_audit_required", text);
}

// What "buffer=" or "gzip" keeps in memory is lost with the worker; nginx' log module alone knows what this points to.
bool is_buffered(const Log& log) noexcept {
    return log.file != nullptr && log.file->data != nullptr;
}

void refuse_without_files(const std::vector<Log>& logs) {
    if (std::ranges::any_of(logs, is_buffered))
        refuse_required(
            "\"buffer=\" or \"gzip\" of \"access_log\" keeps records in memory, which are lost if a worker is killed; "
            "leave it out");
    if (std::ranges::any_of(logs, [](const Log& log) { return log.name_with_variables != nullptr; }))
        refuse_required(
            "nginx opens an \"access_log\" with variables in its name after the response, and cannot know before "
            "whether it has space; write a name without variables");
    if (!logs.empty())
        refuse_required(
            "\"access_log\" sends to syslog only, and nothing confirms that a record has arrived; add an "
            "\"access_log\" with a file");
    refuse_required(
        "no \"access_log\" is in effect here; add one with a file, for example \"access_log "
        "/var/log/nginx/mcp-audit.log mcp_audit\"");
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

void find_audit_files(ngx_conf_t* cf, LocationConf& conf) {
    if (conf.endpoint == nullptr || !conf.audit_required.value_or(false)) return;
    if (!is_audit_used(cf)) refuse_required("no \"log_format\" has \"$mcp_audit\", so nothing is recorded");
    if (ngx::location_of(cf).satisfy == NGX_HTTP_SATISFY_ANY)
        refuse_required(
            "with \"satisfy any\" a request may pass without a decision of this module, and a record of it");
    const auto logs = logs_of(cf);
    auto& rooms = static_cast<MainConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_resource_module))
                      ->worker.audit_rooms;
    for (const Log& log : logs) {
        if (log.file == nullptr || is_buffered(log)) continue;
        conf.audit_files.push_back(log.file);
        rooms.try_emplace(log.file);
    }
    if (conf.audit_files.empty()) refuse_without_files(logs);
}

std::string audit_problem(const ngx_http_request_t* request, Worker& worker) {
    for (const ngx_open_file_t* file : location_conf(request).audit_files)
        if (const int error = worker.audit_rooms.find(file)->second.problem(*file); error != 0)
            return ngx::in_quotes(ngx::view(file->name)) + ": " + std::generic_category().message(error);
    return {};
}

}  // namespace mcp_resource
