// doctor: can clients log in at an MCP endpoint, and does it keep others out?
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/doctor/examination.h"
#include "cli/terminal.h"

namespace cli {
namespace {

struct Options {
    std::string url;
    bool as_json = false;
};

void look(const Options& options) {
    const auto endpoint = mcp::ResourceUri::parse(options.url);
    if (!endpoint) fail_usage(shown(options.url) + " " + endpoint.error() + ": give the URL that clients use");
    const doctor::Report report = doctor::examine(*endpoint, ask);
    static_cast<void>(std::fputs((options.as_json ? report.json() : report.table()).c_str(), stdout));
    if (report.has_failed()) fail(Exit::refused, "");
}

}  // namespace

void add_doctor(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("doctor", "Look at any MCP endpoint as a client does that wants to log in");
    const auto options = std::make_shared<Options>();
    command.add_option("url", options->url, "The endpoint, as clients write it")->required();
    command.add_flag("--json", options->as_json, "Print JSON instead of a table");
    command.footer(
        "Needs no token. Ends with 0 when nothing has failed; warnings do not count.\n\n"
        "Example:\n  mcp-resource doctor https://mcp.example.com/mcp");
    command.callback([options] { look(*options); });
}

}  // namespace cli
