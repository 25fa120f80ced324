// Who wants to know what happens between nginx and authorization servers: to count it, or to show it in traces.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace authority {

// What a request to an authorization server is for.
enum class Requested : std::uint8_t {
    metadata,
    keys,
    introspection
};
std::string_view text(Requested what) noexcept;

// Told in the worker where it happens. `source`: the issuer, or the URL, of the configuration, and never one that a
// server has named.
class Listener {
public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    virtual ~Listener() = default;

    // Whether requests that wait are shown with the calls that they waited for: else nobody remembers any.
    virtual bool wants_calls() const noexcept = 0;
    // A call has ended: with something to use, or not.
    virtual void on_call_ended(Requested what, std::string_view source, bool succeeded) noexcept = 0;
    // These keys are used from now on, and until that time; asked for at this time, perhaps by another worker. Times
    // are of SharedDocument::now().
    virtual void on_keys(std::string_view source, std::chrono::milliseconds asked_at,
                         std::chrono::milliseconds usable_until) noexcept = 0;
    // Keys could not be fetched. The words are an operator's: a server may have chosen some of them.
    virtual void on_keys_failed(std::string_view source, std::string_view why) noexcept = 0;
};

}  // namespace authority
