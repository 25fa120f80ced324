#include "modules/mcp_resource/limits/refusals.h"

#include <string>

#include "mcp/rate_text.h"
#include "ngx/client_address.h"

namespace mcp_resource {

// Of all resources together: a guess is one, wherever it is tried.
mcp::LimitResult refusals_of(const ngx_http_request_t* request, const Endpoint& endpoint, std::uint32_t more) {
    const mcp::Rate& rate = *endpoint.refusal_limit;
    const auto key = base::must_sha256_of(
        {"refusals", mcp::rate_text(rate), std::to_string(rate.burst), ngx::client_network(request)});
    const shared::LimitUse use{.key = key, .rate = &rate, .units = more, .space = shared::LimitUse::Space::anybody};
    const auto answer = main_conf(request).limit_zone->take({&use, 1});
    return answer ? answer->front() : mcp::LimitResult{.allowed = true};
}

}  // namespace mcp_resource
