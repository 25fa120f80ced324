// mcp_ready: whether a request with a good token could be let in now. For the probes of a load balancer or an
// orchestrator, which bring no token.
#include <chrono>
#include <string>
#include <string_view>

#include "authority/turn_rule.h"
#include "modules/mcp_resource/answering_location.h"
#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/directives.h"
#include "ngx/guard.h"
#include "ngx/header.h"

namespace mcp_resource {
namespace {

constexpr std::string_view text_type = "text/plain";
constexpr std::string_view retry_after = "5";
static_assert(authority::TurnRule::interval == std::chrono::seconds(5), "nobody is asked earlier");

// Keys answer for every token. Where the issuer has withdrawn all of them, it must be there to say so again: else a
// token is told to come later.
bool have_answer(authority::IssuerKeys& keys) {
    const auto set = keys.current();
    return set && (!(*set)->keys().empty() || !keys.is_failing());
}

bool has_keys(authority::IssuerKeys& keys) {
    if (!have_answer(keys)) keys.hasten();
    return have_answer(keys);
}

// One line for each issuer without keys.
std::string missing_keys(const MainConf& main) {
    std::string lines;
    for (const auto& endpoint : main.endpoints)
        for (const Issuer& issuer : endpoint->issuers) {
            if (has_keys(*issuer.keys)) continue;
            const std::string line = "no keys of " + issuer_name(issuer, *endpoint) + '\n';
            if (!lines.contains(line)) lines += line;
        }
    return lines;
}

ngx_int_t handle_ready(ngx_http_request_t* request) noexcept {
    return ngx::guarded(request, [request] {
        if (const ngx_int_t refused = refuse_other_methods(request); refused != NGX_DECLINED) return refused;
        const std::string missing = missing_keys(main_conf(request));
        if (missing.empty()) return answer_with(request, NGX_HTTP_OK, text_type, "ready\n");
        ngx::add_response_header(request, "Retry-After", retry_after);
        return answer_with(request, NGX_HTTP_SERVICE_UNAVAILABLE, text_type, "not ready\n" + missing);
    });
}

}  // namespace

// mcp_ready
void set_mcp_ready(const ngx::Arguments& arguments, LocationConf& conf) {
    answer_here(arguments, conf, handle_ready, "a probe");
}

}  // namespace mcp_resource
