#include <algorithm>
#include <string>
#include <vector>

#include "base/http_url.h"
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

void open_status_server(Configuration& conf, const StatusListener& status, const Machine& machine) {
    conf.open("server", {});
    for (const std::string& address : addresses_of(status.addresses, status.port, machine))
        conf.line("listen", {address});
    conf.line("access_log", {"off"});
}

bool is_for_this_machine(const StatusListener& status) {
    return !status.addresses.empty() && std::ranges::all_of(status.addresses, [](const std::string& address) {
        const std::string text = "http://" + address;
        const auto url = base::HttpUrl::parse(text);
        return url && url->is_loopback();
    });
}

}  // namespace

void add_reports(Configuration& conf, const Gateway& gateway) {
    if (observes(gateway)) conf.line("mcp_observe", {"on"});
    if (gateway.audit) add_audit(conf, *gateway.audit);
    if (gateway.tracing) add_tracing(conf, *gateway.tracing);
}

void add_status_server(Configuration& conf, const Gateway& gateway, const Machine& machine) {
    if (!gateway.status) return;
    // A web site whose name leads to this machine could have its visitors' browsers read the page (DNS rebinding).
    const bool has_names = is_for_this_machine(*gateway.status);
    if (has_names) {
        open_status_server(conf, *gateway.status, machine);
        conf.line("return", {"421"});
        conf.close();
    }
    open_status_server(conf, *gateway.status, machine);
    if (has_names) conf.line("server_name", {"localhost", "127.0.0.1", "[::1]"});
    add_page(conf, "/status", "mcp_status");
    add_page(conf, "/status.json", "mcp_status");
    add_page(conf, "/metrics", "mcp_metrics");
    conf.open("location", {"/"});
    conf.line("return", {"404"});
    conf.close();
    conf.close();
}

}  // namespace cli
