#include "cli/settings/reports.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/http_url.h"
#include "cli/settings/syntax.h"

namespace cli {
namespace {

constexpr std::string_view syslog_scheme = "syslog:";
constexpr std::string_view socket_scheme = "unix:";

// As nginx' ngx_syslog.c takes them.
constexpr std::string_view facilities[] = {"kern",   "user",   "mail",   "daemon", "auth",     "intern",
                                           "lpr",    "news",   "uucp",   "clock",  "authpriv", "ftp",
                                           "ntp",    "audit",  "alert",  "cron",   "local0",   "local1",
                                           "local2", "local3", "local4", "local5", "local6",   "local7"};
constexpr std::string_view severities[] = {"emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"};

template <class List>
bool contains(const List& list, std::string_view text) {
    return std::ranges::find(list, text) != std::end(list);
}

bool is_tag(std::string_view text) {
    return !text.empty() && text.size() <= 32 &&
           std::ranges::all_of(text, [](char c) { return base::is_letter_or_digit(c) || c == '_'; });
}

// A host, with a port or without, or a socket.
bool is_syslog_server(std::string_view text) {
    if (text.starts_with(socket_scheme)) return parse_backend_url(text).has_value();
    return is_resolver(text);
}

std::string parameter_problem(std::string_view name, std::string_view value) {
    if (name == "server" && !is_syslog_server(value))
        return "has a server that is neither a host, with a port or without, nor unix:/path";
    if (name == "facility" && !contains(facilities, value)) return "has an unknown facility";
    if (name == "severity" && !contains(severities, value)) return "has an unknown severity";
    if (name == "tag" && !is_tag(value)) return "has a tag that is not 1 to 32 letters, digits and \"_\"";
    return {};
}

// Like `split`, but keeps what is empty.
std::vector<std::string_view> parameters_of(std::string_view log) {
    log.remove_prefix(syslog_scheme.size());
    std::vector<std::string_view> parameters;
    for (;;) {
        const std::size_t comma = log.find(',');
        parameters.push_back(log.substr(0, comma));
        if (comma == std::string_view::npos) return parameters;
        log.remove_prefix(comma + 1);
    }
}

std::string syslog_problem(std::string_view log) {
    static constexpr std::string_view known[] = {"server", "facility", "severity", "tag", "nohostname"};
    std::set<std::string_view> seen;
    for (const std::string_view parameter : parameters_of(log)) {
        const std::size_t equals = std::min(parameter.find('='), parameter.size());
        const std::string_view name = parameter.substr(0, equals);
        if (!contains(known, name) || (name == "nohostname") != (equals == parameter.size()))
            return "has a part that is none of server=, facility=, severity=, tag= and nohostname";
        if (!seen.insert(name).second) return "says " + std::string(name) + " twice";
        if (equals == parameter.size()) continue;
        if (std::string problem = parameter_problem(name, parameter.substr(equals + 1)); !problem.empty())
            return problem;
    }
    return seen.contains("server") ? "" : "names no server";
}

std::string log_file_problem(std::string_view path) {
    if (path.starts_with("/dev/")) return "is a device";
    if (path.ends_with('/')) return "names a folder";
    // "off", "stderr": not what somebody calls a file.
    if (path.find_first_of("/.") == std::string_view::npos)
        return R"(is neither "stdout", nor a path, nor "syslog:server=...")";
    return file_name_problem(path);
}

// The page follows them, too. A key without hashes is for those of sessions.
void check_identity(const Gateway& gateway, const Audit& audit, const ReportNames& names, const Refuse& refuse) {
    if (audit.identity == "hash" && audit.key_file.empty())
        refuse(names.identity, "needs " + std::string(names.key_file) + ", if it is hash");
    if (!audit.log.empty() || gateway.status) return;
    for (const auto& [name, value] :
         {std::pair(names.identity, &audit.identity), std::pair(names.key_file, &audit.key_file)})
        if (!value->empty())
            refuse(name, "has no effect without " + std::string(names.log) + " or " + std::string(names.status_port));
}

// Of lines on standard output, and by syslog, nobody can say that they have been kept.
void check_required(const Audit& audit, const ReportNames& names, const Refuse& refuse) {
    if (!audit.is_required || (!audit.log.empty() && is_log_file(audit.log))) return;
    const std::string what = audit.log.empty() ? " is not set" : " is not a file: other logs can lose lines";
    refuse(names.required, "needs a file for the records, and " + std::string(names.log) + what);
}

void check_status(const Gateway& gateway, const ReportNames& names, const Refuse& refuse) {
    const std::uint16_t port = gateway.status->port;
    if (port == 0) return;  // it is wrong, and that is told
    if (port == gateway.port)
        refuse(names.status_port, "is " + std::to_string(port) + ", the port of " + std::string(names.listen_port) +
                                      ", where clients come; choose another port");
    for (const Server& server : gateway.servers)
        for (const Resource& resource : server.resources)
            if (is_this_gateway(resource.backend, port))
                return refuse(names.status_port, "is " + std::to_string(port) + ", the port of " +
                                                     std::string(names.backend) + "; choose another port");
}

}  // namespace

std::string audit_log_problem(std::string_view text) {
    if (text == "stdout") return {};
    return text.starts_with(syslog_scheme) ? syslog_problem(text) : log_file_problem(text);
}

std::string exporter_problem(std::string_view text) {
    const auto url = base::HttpUrl::parse(text);
    if (!url) return std::string(url.error());
    if (!url->query.empty()) return "has a query; what is secret belongs into the file of headers";
    return url->path.empty() || url->path == "/" ? "has no path; OTLP/HTTP usually needs /v1/traces" : "";
}

bool is_plain_http_to_others(std::string_view exporter) {
    const auto url = base::HttpUrl::parse(exporter);
    return url && !url->secure && !url->is_loopback();
}

std::string sample_problem(std::string_view text) {
    const std::string_view digits = text.substr(std::min<std::size_t>(text.find('.'), text.size()));
    const auto are_digits = [](std::string_view part) { return std::ranges::all_of(part, base::is_digit); };
    const std::string_view whole = text.substr(0, text.size() - digits.size());
    const bool is_number = (whole == "0" || whole == "1") && digits.size() != 1 && digits.size() <= 16 &&
                           (digits.empty() || are_digits(digits.substr(1)));
    if (!is_number) return "is not a number from 0 to 1";
    return whole == "1" && digits.find_first_not_of(".0") != std::string_view::npos ? "is more than 1" : "";
}

std::string service_problem(std::string_view text) {
    if (text.empty()) return "is empty";
    return text.size() > 255 ? "is longer than 255 bytes" : "";
}

bool is_log_file(std::string_view log) noexcept {
    return log != "stdout" && !log.starts_with(syslog_scheme);
}

std::string syslog_name(std::string_view log) {
    static constexpr std::string_view server = "server=";
    if (!log.starts_with(syslog_scheme)) return {};
    for (const std::string_view parameter : parameters_of(log))
        if (parameter.starts_with(server) && !parameter.substr(server.size()).starts_with(socket_scheme))
            return name_in_resolver(parameter.substr(server.size()));
    return {};
}

bool observes(const Gateway& gateway) noexcept {
    const bool records = gateway.audit && !gateway.audit->log.empty();
    return gateway.observe.value_or(records || gateway.status || gateway.tracing);
}

void check_reports(const Gateway& gateway, const ReportNames& names, const Refuse& refuse) {
    if (gateway.audit) {
        check_identity(gateway, *gateway.audit, names, refuse);
        check_required(*gateway.audit, names, refuse);
    }
    if (gateway.status) check_status(gateway, names, refuse);
}

void settle_status(Gateway& gateway, Findings& findings) {
    if (!gateway.status || !findings.errors.empty()) return;
    auto& addresses = gateway.status->addresses;
    // Our image sets it, as container managers do.
    if (addresses.empty() && std::getenv("container") == nullptr) addresses = {"127.0.0.1"};
    const std::string port = std::to_string(gateway.status->port);
    if (addresses.empty()) {
        findings.derived.push_back("status page and metrics on port " + port +
                                   " of all addresses (/status, /metrics): do not publish it to clients");
        return;
    }
    const std::string origin = "http://" + addresses.front() + ':' + port;
    findings.derived.push_back("status page " + origin + "/status, metrics " + origin + "/metrics");
}

}  // namespace cli
