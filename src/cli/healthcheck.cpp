// healthcheck: is the nginx beside us well?
#include <curl/curl.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/settings.h"

namespace cli {
namespace {

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

std::size_t take(char* bytes, std::size_t, std::size_t size, void* body) noexcept try {
    constexpr std::size_t enough = 64;
    auto& text = *static_cast<std::string*>(body);
    if (text.size() + size > enough) return 0;
    text.append(bytes, size);
    return size;
} catch (...) {
    return 0;
}

// Empty: it is well.
std::string trouble_at(const std::string& url) {
    const Easy easy(curl_easy_init(), curl_easy_cleanup);
    if (easy == nullptr) return "no memory was left";
    std::string body;
    curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT, 3L);
    curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
    // The certificate is for the name that clients use, not for the loopback address; and nothing secret is asked.
    curl_easy_setopt(easy.get(), CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy.get(), CURLOPT_SSL_VERIFYHOST, 0L);
    const CURLcode code = curl_easy_perform(easy.get());
    if (code != CURLE_OK) return url + ": " + curl_easy_strerror(code);
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 || body != "ok") return url + " answers with status " + std::to_string(status);
    return {};
}

void check_health() {
    Findings findings;
    const LocalEndpoint endpoint = local_endpoint(read_environment(), findings);
    if (!findings.errors.empty()) fail_usage(findings.errors.front());
    const std::string scheme = endpoint.tls ? "https" : "http";
    const std::string trouble = trouble_at(scheme + "://127.0.0.1:" + std::to_string(endpoint.port) + "/healthz");
    if (!trouble.empty()) fail(Exit::refused, trouble);
}

}  // namespace

void add_healthcheck(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("healthcheck", "Ask the nginx that `run` started whether it is well");
    command.footer(
        "Looks at MCP_LISTEN_PORT and MCP_TLS. Ends with 0 when /healthz answers \"ok\" within 3 s, else\n"
        "with 1.\n\nExample:\n  mcp-resource healthcheck && echo well");
    command.callback(check_health);
}

}  // namespace cli
