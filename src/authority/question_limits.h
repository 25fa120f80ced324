// How much strangers can make a worker ask.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "base/sha256.h"
#include "ngx/nginx.h"

namespace ngx {
class Arguments;
}

namespace authority {

// For one worker. Each token, and often each Host, may be a question of its own, and anyone can make them up.
struct QuestionLimits {
    std::size_t per_server = 256;  // questions in flight to one authorization server
    std::size_t per_client = 64;   // for one client address (an IPv6 client has a /64), so that no client takes all
    std::size_t total = 512;       // in all
    std::size_t waiting = 16384;   // requests that wait for an answer, their own or another's

    // per_server=number per_client=number total=number waiting=number, each of them optional. Throws ngx::ConfigError.
    static QuestionLimits read(const ngx::Arguments& arguments) { return read(arguments, {}); }
    static QuestionLimits read(const ngx::Arguments& arguments, QuestionLimits defaults);
};

// What is in flight.
class QuestionCounts {
public:
    // Counts as long as it lives.
    class Place {
    public:
        Place() noexcept = default;
        Place(Place&& other) noexcept;
        Place& operator=(Place&& other) noexcept;
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place() { leave(); }

        explicit operator bool() const noexcept { return counts_ != nullptr; }
        void leave() noexcept;

    private:
        friend class QuestionCounts;
        QuestionCounts* counts_ = nullptr;
        base::Sha256 server_{};
        std::string client_;
    };

    // False, as a bool: there is no place for another. Throws std::bad_alloc.
    Place take(const QuestionLimits& limits, const base::Sha256& server, std::string client);

private:
    std::size_t total_ = 0;
    std::unordered_map<base::Sha256, std::size_t, base::Sha256Hash> by_server_;
    std::unordered_map<std::string, std::size_t> by_client_;
};

// The address that a client is counted by, in network order. Empty for a unix socket.
std::string address_of(const ngx_http_request_t* request);

}  // namespace authority
