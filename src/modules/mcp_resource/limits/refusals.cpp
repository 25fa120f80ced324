#include "modules/mcp_resource/limits/refusals.h"

#include <string>
#include <utility>

#include "mcp/rate_text.h"
#include "ngx/client_address.h"

namespace mcp_resource {

// Of all resources together: a guess is one, wherever it is tried.
mcp::LimitResult Guess::make(const ngx_http_request_t* request, const Endpoint& endpoint) {
    const mcp::Rate& rate = *endpoint.refusal_limit;
    use_ = {.key = base::must_sha256_of(
                {"refusals", mcp::rate_text(rate), std::to_string(rate.burst), ngx::client_network(request)}),
            .rate = &rate,
            .space = shared::LimitUse::Space::anybody};
    shared::LimitZone& zone = *main_conf(request).limit_zone;
    const auto now = shared::LimitZone::now();
    const auto answer = zone.take({&use_, 1});
    if (!answer) return {.allowed = true};
    const mcp::LimitResult& result = answer->front();
    if (result.allowed) {
        zone_ = &zone;
        paid_by_ = now + result.reset;
    }
    return result;
}

void Guess::take_back() noexcept {
    if (zone_ != nullptr) std::exchange(zone_, nullptr)->give_back(use_, paid_by_);
}

}  // namespace mcp_resource
