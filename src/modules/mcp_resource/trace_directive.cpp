// Where spans are sent.
#include <algorithm>
#include <set>

#include "base/http_url.h"
#include "base/text.h"
#include "modules/mcp_resource/directives.h"
#include "ngx/file.h"
#include "report/export_rules.h"

namespace mcp_resource {
namespace {

using ngx::ConfigError;
using ngx::in_quotes;

std::vector<base::Secret> read_headers(const ngx::Arguments& arguments, std::string_view name) {
    auto headers = report::read_header_lines(ngx::read_private_file(arguments, name).reveal());
    if (!headers) throw ConfigError("headers in " + in_quotes(arguments.file_name(name)) + ": " + headers.error());
    return *std::move(headers);
}

void set_parameter(const ngx::Arguments& arguments, std::string_view argument, TraceDirective& directive) {
    if (const auto sample = ngx::parameter(argument, "sample=")) {
        const auto ratio = mcp::TraceRatio::parse(*sample);
        if (!ratio)
            throw ConfigError("invalid ratio " + in_quotes(*sample) +
                              ", it must be a number from 0 to 1, like \"0.1\"");
        directive.sample = *ratio;
    } else if (const auto file = ngx::parameter(argument, "headers_file="); file && !file->empty()) {
        directive.headers = read_headers(arguments, *file);
    } else if (const auto service = ngx::parameter(argument, "service="); service && !service->empty()) {
        if (!base::is_utf8(*service) || base::has_control_characters(*service))
            throw ConfigError("invalid service name " + in_quotes(*service));
        directive.service = *service;
    } else {
        // A value without a name may be a secret.
        const std::string shown = argument.contains('=') ? ngx::argument_in_quotes(argument) : "without \"=\"";
        throw ConfigError("invalid parameter " + shown +
                          ", it must be \"sample=\", \"headers_file=\" or \"service=\", and a value");
    }
}

void check_url(const ngx::Arguments& arguments) {
    const auto url = base::HttpUrl::parse(arguments[0]);
    if (!url) {
        const std::string problem = base::is_meant_as_url(arguments[0]) ? std::string(url.error()) : "is none";
        throw ConfigError(ngx::url_in_quotes(arguments[0]) +
                          " must be an http or https URL, like \"http://127.0.0.1:4318/v1/traces\", but " + problem);
    }
    if (!url->secure && !url->is_loopback())
        arguments.warn(ngx::url_in_quotes(arguments[0]) +
                       " is plain http: spans, and headers that are sent with them, can be read on their way");
}

}  // namespace

// mcp_trace_exporter url [sample=ratio] [headers_file=file] [service=name] | off
void set_mcp_trace_exporter(const ngx::Arguments& arguments, MainConf& conf) {
    if (arguments[0] == "off") {
        if (arguments.size() > 1) throw ConfigError("\"off\" takes no parameter");
        return ngx::set_once(conf.traces, TraceDirective{});
    }
    check_url(arguments);
    TraceDirective directive{.url = std::string(arguments[0])};
    std::set<std::string_view> seen;
    for (std::size_t i = 1; i < arguments.size(); i++) {
        const std::string_view name = arguments[i].substr(0, arguments[i].find('='));
        if (!seen.insert(name).second) throw ConfigError("parameter " + in_quotes(name) + " appears twice");
        set_parameter(arguments, arguments[i], directive);
    }
    ngx::set_once(conf.traces, std::move(directive));
}

}  // namespace mcp_resource
