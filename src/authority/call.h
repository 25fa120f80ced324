// A request to an authorization server, as told to whoever traces the requests that waited for it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ngx/fetch.h"

namespace authority {

struct Call {
    std::string_view purpose;                  // "keys", "metadata", "introspection"
    std::string_view method;                   // of HTTP
    std::string url;                           // as the configuration or metadata has it
    std::chrono::milliseconds begin{}, end{};  // since 1970, UTC
    int status = 0;                            // 0: no answer
    std::string_view error{};                  // why there is none, in words of ours; empty: there is one
    bool is_told = false;                      // some request has it among its spans
};

// The newest calls to one server, in this worker. Remembers nothing until somebody wants to know.
class CallLog {
public:
    using Shared = std::shared_ptr<Call>;

    static void enable() noexcept { is_enabled_ = true; }

    void begin(std::string_view purpose, std::string_view method, std::string_view url) noexcept;
    void end(int status, std::string_view error) noexcept;  // of the last one that has begun
    void end(const ngx::FetchResult& result) noexcept;
    // Those that have ended at this time or later. Throws std::bad_alloc.
    std::vector<Shared> since(std::chrono::milliseconds time) const;

private:
    static inline bool is_enabled_ = false;
    std::vector<Shared> calls_;
    bool is_under_way_ = false;  // the last of them
};

// nginx' time of day: what the times of requests are taken from.
std::chrono::milliseconds time_of_day() noexcept;

}  // namespace authority
