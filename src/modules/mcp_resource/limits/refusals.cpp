#include "modules/mcp_resource/limits/refusals.h"

#include <string>
#include <utility>

#include "mcp/rate_text.h"
#include "ngx/client_address.h"

namespace mcp_resource {

namespace {

// Of all resources together: a guess is one, wherever it is tried.
shared::LimitUse use_of(const ngx_http_request_t* request, const mcp::Rate& rate) {
    return {.key = base::must_sha256_of(
                {"refusals", mcp::rate_text(rate), std::to_string(rate.burst), ngx::client_network(request)}),
            .rate = &rate,
            .space = shared::LimitUse::Space::anybody};
}

constexpr mcp::LimitResult unknown{.allowed = true};

}  // namespace

Guess::Guess(const ngx_http_request_t* request, const Endpoint& endpoint)
    : zone_(*main_conf(request).limit_zone),
      worker_(main_conf(request).worker),
      use_(use_of(request, *endpoint.refusal_limit)) {}

base::Sha256 Guess::shown(const base::Sha256& question) const {
    return base::must_sha256_of({base::bytes(use_.key), base::bytes(question)});
}

bool Guess::is_made(const base::Sha256& question) const {
    return worker_.guesses.contains(shown(question));
}

mcp::LimitResult Guess::look() const noexcept {
    shared::LimitUse use = use_;
    use.units = 0;
    return zone_.take({&use, 1}) ? use.result : unknown;
}

mcp::LimitResult Guess::make(const std::optional<base::Sha256>& question) {
    const auto time = zone_.take({&use_, 1});
    if (!time) return unknown;
    if (use_.result.allowed) {
        counts_ = true;
        paid_by_ = *time + use_.result.reset;
        if (question) {
            shown_ = shown(*question);
            is_awaited_ = worker_.guesses.insert(shown_).second;
        }
    }
    return use_.result;
}

void Guess::settle() noexcept {
    if (std::exchange(is_awaited_, false)) worker_.guesses.erase(shown_);
}

void Guess::take_back() noexcept {
    settle();
    if (std::exchange(counts_, false)) zone_.give_back(use_, paid_by_);
}

}  // namespace mcp_resource
