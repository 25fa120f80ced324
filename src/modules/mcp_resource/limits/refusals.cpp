#include "modules/mcp_resource/limits/refusals.h"

#include <cstdint>
#include <string>
#include <utility>

#include "mcp/rate_text.h"
#include "ngx/client_address.h"

namespace mcp_resource {

namespace {

// Of all resources together: a guess is one, wherever it is tried.
shared::LimitUse use_of(const ngx_http_request_t* request, const Endpoint& endpoint, std::uint32_t units) {
    const mcp::Rate& rate = *endpoint.refusal_limit;
    return {.key = base::must_sha256_of(
                {"refusals", mcp::rate_text(rate), std::to_string(rate.burst), ngx::client_network(request)}),
            .rate = &rate,
            .units = units,
            .space = shared::LimitUse::Space::anybody};
}

}  // namespace

mcp::LimitResult Guess::look(const ngx_http_request_t* request, const Endpoint& endpoint) {
    const auto looked = main_conf(request).limit_zone->take(use_of(request, endpoint, 0));
    return looked ? looked->result : mcp::LimitResult{.allowed = true};
}

mcp::LimitResult Guess::make(const ngx_http_request_t* request, const Endpoint& endpoint) {
    shared::LimitZone& zone = *main_conf(request).limit_zone;
    use_ = use_of(request, endpoint, 1);
    const auto taken = zone.take(use_);
    if (!taken) return {.allowed = true};
    if (taken->result.allowed) {
        zone_ = &zone;
        paid_by_ = taken->paid_by;
    }
    return taken->result;
}

void Guess::take_back() noexcept {
    if (zone_ != nullptr) std::exchange(zone_, nullptr)->give_back(use_, paid_by_);
}

}  // namespace mcp_resource
