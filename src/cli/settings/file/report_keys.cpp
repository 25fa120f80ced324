#include "cli/settings/file/report_keys.h"

#include "base/http_url.h"
#include "cli/settings/file/node.h"
#include "cli/settings/file/setters.h"
#include "cli/settings/reports.h"
#include "cli/terminal.h"

namespace cli::file {
namespace {

using setters::into;

constexpr Key audit_keys[] = {
    {.name = "log",
     .kind = &kinds::audit_log,
     .what = "Log that gets a record of each decision, one JSON object per line: `stdout`, a file, or syslog. The "
             "access log stays as it is.",
     .otherwise = "no records",
     .example = "/var/log/mcp/audit.log",
     .directives = "access_log",
     .set = into<Audit, &Audit::log>},
    {.name = "identity",
     .kind = &kinds::audit_identity,
     .what = "How records show users, clients and addresses: `plain` as they are, `hash` as keyed hashes. `hash` needs "
             "`key_file`.",
     .otherwise = "plain",
     .example = "plain",
     .directives = "mcp_audit",
     .set = into<Audit, &Audit::identity>},
    {.name = "key_file",
     .kind = &kinds::audit_key_file,
     .what =
         "File with the key of the hashes, at least 32 random bytes. With the same key, all machines write the same "
         "hash.",
     .example = "/run/secrets/audit-key",
     .directives = "mcp_audit",
     .set = into<Audit, &Audit::key_file>},
    {.name = "required",
     .kind = &kinds::boolean,
     .what = "If on, nginx refuses requests with 503 while the disk is too full for their records. `log` must be a "
             "file.",
     .otherwise = "off",
     .example = "on",
     .directives = "mcp_audit_required",
     .set = into<Audit, &Audit::is_required>},
};

constexpr Key status_keys[] = {
    {.name = "port",
     .kind = &kinds::port,
     .what = "Port of the status page (`/status`, `/status.json`) and of the metrics (`/metrics`), over plain HTTP.",
     .example = "9464",
     .directives = "mcp_status mcp_metrics",
     .is_required = true,
     .set = into<StatusListener, &StatusListener::port>},
    {.name = "address",
     .form = Form::list,
     .kind = &kinds::listen_address,
     .what = "Addresses that this port is opened on.",
     .otherwise = "127.0.0.1; in the container image all, IPv4 and IPv6",
     .example = "10.0.0.5",
     .directives = "listen",
     .set = into<StatusListener, &StatusListener::addresses>},
};

constexpr Key tracing_keys[] = {
    {.name = "exporter",
     .kind = &kinds::exporter_url,
     .what = "URL that nginx sends traces to, in OTLP/HTTP.",
     .example = "http://127.0.0.1:4318/v1/traces",
     .directives = "mcp_trace_exporter",
     .is_required = true,
     .set = into<Tracing, &Tracing::exporter>},
    {.name = "sample",
     .kind = &kinds::sample_ratio,
     .what = "Share of the traces that nginx sends, if the caller has not decided.",
     .otherwise = "1",
     .example = "0.1",
     .directives = "mcp_trace_exporter",
     .set = into<Tracing, &Tracing::sample>},
    {.name = "headers_file",
     .kind = &kinds::secret_file,
     .what = "File with headers for these requests, one `Name: value` per line, such as an API key.",
     .otherwise = "none",
     .example = "/run/secrets/trace-headers",
     .directives = "mcp_trace_exporter",
     .set = into<Tracing, &Tracing::headers_file>},
    {.name = "service",
     .kind = &kinds::service_name,
     .what = "Name of this service in traces (`service.name`).",
     .otherwise = "nginx-mcp-resource",
     .example = "mcp-gateway",
     .directives = "mcp_trace_exporter",
     .set = into<Tracing, &Tracing::service>},
};

// Where "audit.key_file" stands; the object itself where it does not.
Position position_of(const Node& document, std::string_view path) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const Entry* object = document.find(path.substr(0, dot));
    if (object == nullptr) return document.at;
    const Entry* key = dot < path.size() ? object->value.find(path.substr(dot + 1)) : nullptr;
    return key != nullptr ? key->value.at : object->value.at;
}

}  // namespace

constinit const Object audit_object = {"audit", "A record of each decision, allowed and refused.", audit_keys};
constinit const Object status_object = {
    "status", "A page for operators, and metrics for Prometheus, on a separate port.", status_keys};
constinit const Object tracing_object = {"tracing", "Traces for OpenTelemetry.", tracing_keys};

void check_reports(Draft& draft, const Node& document, Mistakes& mistakes) {
    static constexpr ReportNames names = {.log = "audit.log",
                                          .identity = "audit.identity",
                                          .key_file = "audit.key_file",
                                          .required = "audit.required",
                                          .status_port = "status.port",
                                          .listen_port = "listen.port",
                                          .backend = "a backend"};
    cli::check_reports(draft, names, [&](std::string_view path, const std::string& what) {
        mistakes.add(position_of(document, path), path, what);
    });
    if (draft.status) {
        draft.status->port_setting = "status.port: ";
        draft.status->address_setting = "status.address";
    }
    const std::string server = draft.audit ? syslog_name(draft.audit->log) : "";
    if (!server.empty())
        draft.hosts.push_back(
            {.origin = mistakes.place(position_of(document, "audit.log"), "audit.log"), .host = server, .remedy = {}});
    if (draft.tracing && is_plain_http_to_others(draft.tracing->exporter))
        mistakes.warn(position_of(document, "tracing.exporter"), "tracing.exporter",
                      shown(draft.tracing->exporter) +
                          " is plain http: spans, and headers that are sent with them, can be read on their way");
}

}  // namespace cli::file
