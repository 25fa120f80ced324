// How long a fetched key set is good for, and when to ask for it again.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace oauth::discovery {

struct FreshnessBounds {
    std::chrono::seconds shortest = std::chrono::minutes(1);
    std::chrono::seconds longest = std::chrono::hours(24);
    std::chrono::seconds unstated = std::chrono::hours(1);  // when the server does not say
    // How much longer than fresh a document may be used while no newer one can be had. The price of a short outage of
    // the authorization server against the time for which a withdrawn key goes on to be believed.
    std::chrono::seconds stale = std::chrono::hours(1);

    // The same, where nothing is fresh for longer than `time`, whatever the server says.
    FreshnessBounds capped_at(std::chrono::seconds time) const noexcept;
};

struct Freshness {
    std::chrono::milliseconds refresh_after;  // since it was fetched
    std::chrono::milliseconds usable_for;     // likewise, and longer
};

// max-age of a Cache-Control header (RFC 9111 section 5.2.2.1), the smallest one of several. 0 for no-store, no-cache
// and for a max-age that cannot be read (section 4.2.1: better stale than too old).
std::optional<std::chrono::seconds> max_age(std::string_view cache_control) noexcept;

// `random` is any number, uniform over 32 bits: the refresh comes up to a tenth earlier, so that workers and instances
// that started together do not ask together.
Freshness freshness(std::optional<std::chrono::seconds> max_age, const FreshnessBounds& bounds,
                    std::uint32_t random) noexcept;

// How long to wait after the `failures`-th failure in a row (from 1 on): doubles from a second to a minute, and is up
// to half shorter by chance.
std::chrono::milliseconds retry_delay(unsigned failures, std::uint32_t random) noexcept;

}  // namespace oauth::discovery
