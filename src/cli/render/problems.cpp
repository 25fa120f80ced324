#include <array>
#include <string>
#include <string_view>

#include "cli/render/parts.h"

namespace cli {
namespace {

// JSON-RPC 2.0 section 5.1
constexpr std::string_view invalid_request = "-32600";
constexpr std::string_view internal_error = "-32603";

struct Problem {
    std::string_view status;
    std::string_view code;
    std::string_view message;
};

constexpr std::array problems = {
    Problem{"400", invalid_request, "This port speaks TLS: use https"},
    Problem{"404", invalid_request, "Nothing is served at this path"},
    Problem{"413", invalid_request, "The body of the request is too large"},
    Problem{"431", invalid_request, "The headers of the request are too large"},
    Problem{"502", internal_error, "The MCP server cannot be reached"},
    Problem{"504", internal_error, "The MCP server did not answer in time"},
};

constexpr std::string_view location = "@mcp_problem";

}  // namespace

// In the place of nginx's own pages, whose HTML no MCP client can show: as the transport of MCP says, a JSON-RPC error
// without an id.
void add_problems(Configuration& conf) {
    conf.open("map", {"$status", "$mcp_problem"});
    conf.line("default", {R"("code":-32603,"message":"The server failed")"});
    for (const auto& [status, code, message] : problems)
        conf.line(status, {R"("code":)" + std::string(code) + R"(,"message":")" + std::string(message) + '"'});
    conf.close();
}

void add_problem_location(Configuration& conf) {
    conf.open("location", {location});
    conf.line("default_type", {"application/json"});
    conf.line("return", {"500", R"({"jsonrpc":"2.0","id":null,"error":{$mcp_problem}})"});  // the status stays
    conf.close();
}

// Before a location is known: headers that are larger than there is room for (494), plain HTTP on a port of TLS (497).
void add_problems_of_server(Configuration& conf) {
    conf.line("error_page", {"404", "413", "502", "504", location});
    conf.line("error_page", {"494", "=431", location});
    conf.line("error_page", {"497", "=400", location});
}

// Without those that the module answers itself: it leaves them to an error_page that there is, but for 413. That is
// nginx' own limit here, and the module's beside it has the module's answer.
void add_problems_of_resource(Configuration& conf) {
    conf.line("error_page", {"413", "502", "504", location});
}

}  // namespace cli
