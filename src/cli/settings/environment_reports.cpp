#include "cli/settings/environment_reports.h"

#include <string>
#include <string_view>

#include "cli/settings/file/forms.h"
#include "cli/settings/reports.h"
#include "cli/settings/syntax.h"
#include "cli/terminal.h"
#include "mcp/audit_record.h"

namespace cli {
namespace {

constexpr ReportNames names = {.log = "MCP_AUDIT_LOG",
                               .identity = "MCP_AUDIT_IDENTITY",
                               .key_file = "MCP_AUDIT_KEY_FILE",
                               .required = "MCP_AUDIT_REQUIRED",
                               .status_port = "MCP_STATUS_PORT",
                               .listen_port = "MCP_LISTEN_PORT",
                               .backend = "MCP_BACKEND"};

// Empty: not set, or wrong, which is told.
std::string checked(const Values& values, std::string_view name, std::string (*problem_of)(std::string_view),
                    std::string_view right) {
    std::string value(values.or_default(name, ""));
    if (value.empty()) return {};
    const std::string problem = problem_of(value);
    if (problem.empty()) return value;
    values.error(name, shown(value) + ' ' + problem + "; expected " + std::string(right));
    return {};
}

std::string read_log(const Values& values, Gateway& gateway) {
    std::string log = checked(values, names.log, audit_log_problem,
                              "stdout, an absolute path, or syslog:server=10.0.0.1,facility=local7");
    if (log.empty()) return {};
    if (const std::string server = syslog_name(log); !server.empty())
        gateway.hosts.push_back({.origin = std::string(names.log), .host = server, .remedy = {}});
    if (!is_log_file(log)) return log;
    if (!log.starts_with('/')) values.error(names.log, "must be an absolute path, not " + shown(log));
    gateway.written_file = NeededFile{.origin = std::string(names.log), .path = log};
    return log;
}

std::string read_identity(const Values& values) {
    const std::string_view identity = values.or_default(names.identity, "");
    if (!identity.empty() && identity != "plain" && identity != "hash")
        values.error(names.identity, R"(must be "plain" or "hash", not )" + shown(identity));
    return std::string(identity);
}

void read_audit(const Values& values, Gateway& gateway) {
    Audit audit;
    audit.log = read_log(values, gateway);
    audit.identity = read_identity(values);
    if (values.optional(names.key_file)) {
        audit.key_file = values.required_file(names.key_file, gateway.files, true);
        gateway.files.back().least_bytes = mcp::shortest_audit_key;
    }
    audit.is_required = values.flag(names.required);
    const bool says_anything =
        values.optional(names.log) || !audit.identity.empty() || !audit.key_file.empty() || audit.is_required;
    if (says_anything) gateway.audit = std::move(audit);
}

void read_status(const Values& values, Gateway& gateway) {
    static constexpr std::string_view address = "MCP_STATUS_ADDRESS";
    if (!values.optional(names.status_port)) return values.unused(address, "without MCP_STATUS_PORT");
    StatusListener& status = gateway.status.emplace();
    status.port = values.port(names.status_port).value_or(0);
    status.port_setting = "MCP_STATUS_PORT=";
    status.address_setting = address;
    for (const std::string_view text : split(values.or_default(address, ""), ' ')) {
        if (!file::is_listen_address(text))
            values.error(address, "must be addresses like 0.0.0.0 or [::], without a port, not " + shown(text));
        status.addresses.emplace_back(text);
    }
}

void read_tracing(const Values& values, Gateway& gateway) {
    static constexpr std::string_view exporter = "MCP_TRACE_EXPORTER";
    static constexpr std::string_view sample = "MCP_TRACE_SAMPLE";
    static constexpr std::string_view headers = "MCP_TRACE_HEADERS_FILE";
    static constexpr std::string_view service = "MCP_TRACE_SERVICE";
    if (!values.optional(exporter)) {
        for (const std::string_view name : {sample, headers, service})
            values.unused(name, "without MCP_TRACE_EXPORTER");
        return;
    }
    Tracing& tracing = gateway.tracing.emplace();
    tracing.exporter = checked(values, exporter, exporter_problem, "a URL like http://collector:4318/v1/traces");
    if (is_plain_http_to_others(tracing.exporter))
        values.warning(exporter,
                       shown(tracing.exporter) +
                           " is plain http: spans, and headers that are sent with them, can be read on their way");
    tracing.sample = checked(values, sample, sample_problem, "a number like 0.1");
    tracing.service = checked(values, service, service_problem, "a name like mcp-gateway");
    if (values.optional(headers)) tracing.headers_file = values.required_file(headers, gateway.files, true);
}

}  // namespace

void read_reports(const Values& values, Gateway& gateway) {
    if (values.optional("MCP_OBSERVE")) gateway.observe = values.flag("MCP_OBSERVE");
    read_audit(values, gateway);
    read_status(values, gateway);
    read_tracing(values, gateway);
    check_reports(gateway, names, [&](std::string_view name, const std::string& what) { values.error(name, what); });
}

}  // namespace cli
