// Who wants to know what happens between nginx and authorization servers, to count it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace authority {

enum class Requested : std::uint8_t {
    metadata,
    keys,
    introspection
};

// Told in the worker where it happens. `source`: the issuer, or the URL, of the configuration, and never one that a
// server has named.
class Listener {
public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    virtual ~Listener() = default;

    // A request has ended: with something to use, or not.
    virtual void on_fetched(Requested what, std::string_view source, bool succeeded) noexcept = 0;
    // These keys are used from now on; asked for at this time (of SharedDocument::now()), perhaps by another worker.
    virtual void on_keys(std::string_view source, std::chrono::milliseconds asked_at) noexcept = 0;
};

}  // namespace authority
