#include <string>
#include <vector>

#include "cli/render/parts.h"
#include "cli/settings/reports.h"

namespace cli {
namespace {

void add_audit(Configuration& conf, const Audit& audit) {
    std::vector<std::string> parameters = {"identity=" + (audit.identity.empty() ? "plain" : audit.identity)};
    if (!audit.key_file.empty()) parameters.push_back("key_file=" + audit.key_file);
    conf.line("mcp_audit", parameters);
    if (audit.is_required) conf.line("mcp_audit_required", {"on"});
    if (audit.log.empty()) return;
    conf.line("log_format", {"mcp_audit", "escape=none", "$mcp_audit"});
    conf.line("access_log",
              {audit.log == "stdout" ? "/dev/stdout" : std::string_view(audit.log), "mcp_audit", "if=$mcp_audit"});
}

void add_tracing(Configuration& conf, const Tracing& tracing) {
    std::vector<std::string> parameters = {tracing.exporter};
    if (!tracing.sample.empty()) parameters.push_back("sample=" + tracing.sample);
    if (!tracing.headers_file.empty()) parameters.push_back("headers_file=" + tracing.headers_file);
    if (!tracing.service.empty()) parameters.push_back("service=" + tracing.service);
    conf.line("mcp_trace_exporter", parameters);
}

void add_page(Configuration& conf, std::string_view path, std::string_view directive) {
    conf.open("location", {"=", path});
    conf.line(directive, {});
    conf.close();
}

}  // namespace

void add_reports(Configuration& conf, const Gateway& gateway) {
    if (observes(gateway)) conf.line("mcp_observe", {"on"});
    if (gateway.audit) add_audit(conf, *gateway.audit);
    if (gateway.tracing) add_tracing(conf, *gateway.tracing);
}

void add_status_server(Configuration& conf, const Gateway& gateway, const Machine& machine) {
    if (!gateway.status) return;
    conf.open("server", {});
    for (const std::string& address : addresses_of(gateway.status->addresses, gateway.status->port, machine))
        conf.line("listen", {address});
    conf.line("access_log", {"off"});
    add_page(conf, "/status", "mcp_status");
    add_page(conf, "/status.json", "mcp_status");
    add_page(conf, "/metrics", "mcp_metrics");
    conf.open("location", {"/"});
    conf.line("return", {"404"});
    conf.close();
    conf.close();
}

}  // namespace cli
