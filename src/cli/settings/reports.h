// What is said of requests once they are over: records, the status page with its metrics, traces. What settings of them
// can be, and what they must be to each other, whoever says them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/settings/findings.h"
#include "cli/settings/gateway.h"

namespace cli {

// The end of a sentence about the value; empty: nothing is wrong.
// "stdout", a path, or what nginx takes for syslog: "syslog:server=10.0.0.1,facility=local7,tag=mcp,severity=info".
std::string audit_log_problem(std::string_view text);
// The URL that traces are sent to (OTLP/HTTP), as it is: "http://collector:4318/v1/traces".
std::string exporter_problem(std::string_view text);
bool is_plain_http_to_others(std::string_view exporter);
std::string sample_problem(std::string_view text);   // from 0 to 1
std::string service_problem(std::string_view text);  // "service.name" of OpenTelemetry

// Of a good value.
bool is_log_file(std::string_view log) noexcept;
// The name in it, which nginx looks up when it starts; empty for an address or a socket.
std::string syslog_name(std::string_view log);

// mcp_observe: where nobody has said it, on when something is made of what is observed.
bool observes(const Gateway& gateway) noexcept;

// How settings are called where they are said: "MCP_AUDIT_LOG", "audit.log", "--audit-log".
struct ReportNames {
    std::string_view log;
    std::string_view identity;
    std::string_view key_file;
    std::string_view required;
    std::string_view status_port;
    std::string_view listen_port;
    std::string_view backend;
};
// Calls `refuse` with the name of a setting and the end of a sentence about it.
using Refuse = std::function<void(std::string_view name, const std::string& what)>;
void check_reports(const Gateway& gateway, const ReportNames& names, const Refuse& refuse);

// Where the status page is served when nobody says it: on the loopback address alone, unless this is a container of our
// image, where others scrape it. Adds a line that tells where.
void settle_status(Gateway& gateway, Findings& findings);

}  // namespace cli
