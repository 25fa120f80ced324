// Requests to one authorization server, as they are told to a Listener.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "authority/listener.h"
#include "ngx/fetch.h"

namespace authority {

struct Call {
    Requested what;
    std::string_view method;                   // of HTTP
    std::string url;                           // as the configuration or metadata has it
    std::chrono::milliseconds begin{}, end{};  // since 1970, UTC
    int status = 0;                            // 0: no answer
    std::string_view error{};                  // why there is none, in words of ours; empty: there is one
    bool is_told = false;                      // some request has it among its spans
};

// One at a time, in this worker. The newest are remembered where the listener wants them.
class CallLog {
public:
    using Shared = std::shared_ptr<Call>;

    // `listener`, null: nobody, and `source`, see Listener, live as long.
    CallLog(Listener* listener, std::string_view source) noexcept : listener_(listener), source_(source) {}

    void begin(Requested what, std::string_view method, std::string_view url) noexcept;
    // How the server has answered the one that has begun.
    void answered(int status, std::string_view error) noexcept;
    void answered(const ngx::FetchResult& result) noexcept;
    // Whether the answer was of use. Nothing where none has begun.
    void end(bool succeeded) noexcept;
    // Those that have ended at this time or later. Throws std::bad_alloc.
    std::vector<Shared> since(std::chrono::milliseconds time) const;

private:
    Listener* listener_;
    std::string_view source_;
    std::vector<Shared> calls_;
    Shared current_;  // the last of them, until it ends
    Requested what_{};
    bool is_under_way_ = false;
};

}  // namespace authority
