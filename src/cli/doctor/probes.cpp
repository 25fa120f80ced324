#include "cli/doctor/probes.h"

#include <array>
#include <utility>

namespace cli::doctor {

const Probe initialize = {
    "initialize", false,
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},)"
    R"("clientInfo":{"name":"mcp-resource-doctor","version":"1"}}})"};

const Probe discover = {
    "server/discover", true,
    R"({"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{)"
    R"("io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},)"
    R"("io.modelcontextprotocol/clientInfo":{"name":"mcp-resource-doctor","version":"1"}}}})"};

namespace {

// The tool does not exist: where anybody may call tools, nothing happens.
constexpr std::array<Probe, 4> after_initialize = {{
    {"notifications/initialized", false, R"({"jsonrpc":"2.0","method":"notifications/initialized"})"},
    {"ping", false, R"({"jsonrpc":"2.0","id":2,"method":"ping"})"},
    {"tools/list", false, R"({"jsonrpc":"2.0","id":3,"method":"tools/list"})"},
    {"tools/call", false,
     R"({"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"mcp-resource-doctor","arguments":{}}})"},
}};

constexpr Probe listen = {
    "subscriptions/listen", true,
    R"({"jsonrpc":"2.0","id":5,"method":"subscriptions/listen","params":{"notifications":{},"_meta":{)"
    R"("io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},)"
    R"("io.modelcontextprotocol/clientInfo":{"name":"mcp-resource-doctor","version":"1"}}}})"};

// A stream that was opened stays open.
constexpr std::chrono::seconds stream_time(3);

std::vector<std::string> session_of(const Answered& first) {
    if (!first.is_open()) return {};
    const std::string_view id = first.answer->header("mcp-session-id");
    if (id.empty()) return {};
    return {"Mcp-Session-Id: " + std::string(id)};
}

}  // namespace

HttpRequest request_of(const Probe& probe, std::string url, std::vector<std::string> headers) {
    headers.emplace_back("Accept: application/json, text/event-stream");
    headers.emplace_back("Content-Type: application/json");
    if (probe.is_modern) {
        headers.emplace_back("MCP-Protocol-Version: 2026-07-28");
        headers.emplace_back("Mcp-Method: " + std::string(probe.method));
    } else if (probe.method != initialize.method) {
        headers.emplace_back("MCP-Protocol-Version: 2025-11-25");
    }
    return {.url = std::move(url), .method = "POST", .headers = std::move(headers), .body = std::string(probe.text)};
}

std::vector<Answered> try_without_token(const Ask& ask, const std::string& url) {
    std::vector<Answered> all;
    const auto attempt = [&](const Probe& probe, const HttpRequest& request) {
        all.push_back({.probe = probe, .answer = ask(request)});
    };
    attempt(initialize, request_of(initialize, url));
    if (!all.front().is_open() && !all.front().is_refused()) return all;
    const std::vector<std::string> session = session_of(all.front());
    for (const Probe& probe : after_initialize)
        attempt(probe, request_of(probe, url, session));
    attempt(discover, request_of(discover, url));
    if (!all.back().is_open()) return all;
    HttpRequest request = request_of(listen, url);
    request.timeout = stream_time;
    attempt(listen, request);
    return all;
}

}  // namespace cli::doctor
