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

base::Sha256 shown(const shared::LimitUse& use, const base::Sha256& question) {
    return base::must_sha256_of({base::bytes(use.key), base::bytes(question)});
}

}  // namespace

bool Guess::is_made(const ngx_http_request_t* request, const Endpoint& endpoint, const base::Sha256& question) {
    return main_conf(request).worker.guesses.contains(shown(use_of(request, endpoint, 1), question));
}

mcp::LimitResult Guess::look(const ngx_http_request_t* request, const Endpoint& endpoint) {
    const auto looked = main_conf(request).limit_zone->take(use_of(request, endpoint, 0));
    return looked ? looked->result : mcp::LimitResult{.allowed = true};
}

mcp::LimitResult Guess::make(const ngx_http_request_t* request, const Endpoint& endpoint,
                             const std::optional<base::Sha256>& question) {
    shared::LimitZone& zone = *main_conf(request).limit_zone;
    use_ = use_of(request, endpoint, 1);
    const auto taken = zone.take(use_);
    if (!taken) return {.allowed = true};
    if (taken->result.allowed) {
        zone_ = &zone;
        paid_by_ = taken->paid_by;
        if (question) {
            shown_ = shown(use_, *question);
            if (main_conf(request).worker.guesses.insert(shown_).second) worker_ = &main_conf(request).worker;
        }
    }
    return taken->result;
}

void Guess::settle() noexcept {
    if (worker_ != nullptr) std::exchange(worker_, nullptr)->guesses.erase(shown_);
}

void Guess::take_back() noexcept {
    settle();
    if (zone_ != nullptr) std::exchange(zone_, nullptr)->give_back(use_, paid_by_);
}

}  // namespace mcp_resource
